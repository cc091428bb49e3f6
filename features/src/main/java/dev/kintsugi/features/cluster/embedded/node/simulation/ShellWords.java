package dev.kintsugi.features.cluster.embedded.node.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Splits a script into simple commands, up to the first that needs more of a shell than words, quotes and one redirection. */
final class ShellWords {

    private static final String BEYOND = "$`(){}|<*?[]!#~";

    /** On what the command before a statement must have ended for it to be run. */
    enum Join {
        ANY,
        AND,
        OR
    }

    /**
     * A simple command.
     *
     * @param after what it depends on
     * @param target what its output is redirected to
     * @param background whether it is followed by a single {@code &}
     * @param understood false for the last of a list, from which on nothing could be read
     */
    record Statement(Join after, List<String> words, Optional<String> target, boolean background, boolean understood) {}

    private final String script;
    private final List<Statement> statements = new ArrayList<>();
    private List<String> words = new ArrayList<>();
    private @Nullable StringBuilder word;
    private @Nullable String target;
    private boolean redirects;
    private Join join = Join.ANY;
    private int at;

    private ShellWords(String script) {
        this.script = script;
    }

    static List<Statement> split(String script) {
        ShellWords reader = new ShellWords(script);
        if (!reader.read()) {
            reader.statements.add(new Statement(reader.join, List.of(), Optional.empty(), false, false));
        }
        return reader.statements;
    }

    private boolean read() {
        for (at = 0; at < script.length(); at++) {
            char each = script.charAt(at);
            if (each == '\'' || each == '"') {
                int end = script.indexOf(each, at + 1);
                String quoted = end < 0 ? "" : script.substring(at + 1, end);
                if (end < 0 || (each == '"' && quoted.matches("(?s).*[$`\\\\].*"))) {
                    return false;
                }
                append(quoted);
                at = end;
            } else if (each == ';' || each == '\n') {
                endStatement(Join.ANY, false);
            } else if (each == '&' || each == '|') {
                boolean twice = at + 1 < script.length() && script.charAt(at + 1) == each;
                if (!twice && each == '|') {
                    return false;
                }
                at += twice ? 1 : 0;
                endStatement(twice ? each == '&' ? Join.AND : Join.OR : Join.ANY, !twice);
            } else if (each == '>') {
                if (word != null && word.toString().matches("\\d+")) {
                    return false;
                }
                endWord();
                redirects = true;
                at += at + 1 < script.length() && script.charAt(at + 1) == '>' ? 1 : 0;
            } else if (Character.isWhitespace(each)) {
                endWord();
            } else if (BEYOND.indexOf(each) >= 0 || each == '\\') {
                return false;
            } else {
                append(String.valueOf(each));
            }
        }
        endStatement(Join.ANY, false);
        return true;
    }

    private void append(String text) {
        if (word == null) {
            word = new StringBuilder();
        }
        word.append(text);
    }

    private void endWord() {
        if (word == null) {
            return;
        }
        if (redirects) {
            target = word.toString();
            redirects = false;
        } else {
            words.add(word.toString());
        }
        word = null;
    }

    private void endStatement(Join next, boolean background) {
        endWord();
        if (!words.isEmpty()) {
            statements.add(new Statement(join, List.copyOf(words), Optional.ofNullable(target), background, true));
        }
        words = new ArrayList<>();
        target = null;
        join = next;
    }
}
