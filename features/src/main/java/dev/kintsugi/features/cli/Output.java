package dev.kintsugi.features.cli;

/** The form in which a command answers, as it is written on the command line. */
enum Output {
    /** For people. */
    text,
    /** For programs. */
    json
}
