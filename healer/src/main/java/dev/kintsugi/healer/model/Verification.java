package dev.kintsugi.healer.model;

/** The four steps of verification, in their order. A step is not run until all before it have passed. */
public record Verification(Check status, Check connectivity, Check performance, Check dependencies) {

    /** Nothing looked at yet. */
    public static final Verification NOT_RUN =
            new Verification(Check.NOT_RUN, Check.NOT_RUN, Check.NOT_RUN, Check.NOT_RUN);

    /** The outcome of one step. */
    public enum Check {
        PASSED("Passed"),
        FAILED("Failed"),
        /** A step before it has not passed, or there is nothing to ask (a pod without port, no dependency named). */
        NOT_RUN("NotRun");

        private final String published;

        Check(String published) {
            this.published = published;
        }

        /** The name as it stands in the {@code Recovery} resource. */
        public String published() {
            return published;
        }

        /** The outcome of a published name; {@link #NOT_RUN} for anything unknown. */
        public static Check of(String published) {
            return published.equals(PASSED.published) ? PASSED : published.equals(FAILED.published) ? FAILED : NOT_RUN;
        }
    }
}
