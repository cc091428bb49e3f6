package dev.kintsugi.chaos.model;

import java.time.Duration;

/**
 * What happens to the HTTP messages on one port of a pod, of every path and method.
 *
 * @param port 1 to 65535
 */
public record HttpRule(int port, Change change) implements Fault {

    /** What becomes of a message. */
    public sealed interface Change {

        /** The connection is closed in place of an answer. */
        record Abort() implements Change {}

        /** The request arrives later, by more than 0. */
        record Delay(Duration by) implements Change {
            public Delay {
                if (by.isNegative() || by.isZero()) {
                    throw new InvalidExperiment(
                            "spec.delay", GoDuration.format(by), "must be longer than 0", "give such as 500ms");
                }
            }
        }

        /** The answer has this status, 100 to 599, in place of its own ({@code replace}). */
        record Status(int code) implements Change {
            public Status {
                if (code < 100 || code > 599) {
                    throw new InvalidExperiment(
                            "spec.replace.code", code, "must be from 100 to 599", "give such as 503");
                }
            }
        }

        /** The answer has one more header ({@code patch}). */
        record Header(String name, String value) implements Change {}
    }

    public HttpRule {
        if (port < 1 || port > 65535) {
            throw new InvalidExperiment(
                    "spec.port", port, "must be from 1 to 65535", "give the port on which the pod serves");
        }
    }

    @Override
    public Kind kind() {
        return Kind.HTTP_CHAOS;
    }

    /** The field of the spec that says what happens; the kind has no {@code action}. */
    @Override
    public String action() {
        if (change instanceof Change.Abort) {
            return "abort";
        }
        if (change instanceof Change.Delay) {
            return "delay";
        }
        return change instanceof Change.Status ? "replace" : "patch";
    }

    @Override
    public <T> T accept(Fault.Visitor<T> visitor) {
        return visitor.httpRule(this);
    }
}
