package dev.kintsugi.features.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command typed in a shell came to. */
record Shell(int exitCode, String out, String err) {

    /** Runs the command in this JVM. */
    static Shell kintsugi(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Kintsugi.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Shell(exitCode, out.toString(), err.toString());
    }
}
