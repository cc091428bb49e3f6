package dev.kintsugi.reports.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one scenario found out.
 *
 * @param id stable name by which it is compared with other runs, such as {@code pod/pod-kill:a-killed-pod-is-replaced}
 * @param name title in the feature file
 * @param tags with their {@code @}
 * @param feature file and line
 * @param verdict how it ended
 * @param reason why it did not pass; null when it passed
 * @param seed from which its choices (victims, names, offsets) were drawn
 * @param target what was broken, such as {@code deployment/shop/sample-app}; empty when it never came so far
 * @param marks at most one of each name, in the order of {@link MarkName}
 * @param recovery from injection to first good request, null when users were never served again, or never hurt
 * @param users what users met, null without load
 * @param verification the four verification steps
 * @param residue what was left behind; empty when nothing was
 * @param expectations what the scenario asserts
 * @param events what happened, in ascending order of time
 * @param requests the load over time
 * @param faultWindow when the fault was in force, null when it was over at once or never came
 * @param healedBy who ended the effect, null when there was none
 * @param startedAt when the scenario began, its preparations included
 * @param tookMillis how long all of it took
 * @param experiment the manifest that was applied, null when none was
 * @param replay the command that runs this scenario again with this seed
 * @param proofs whether the fault was seen to bite, for each target; none in files of before there were any
 * @param repetition which time it was that the scenario ran, from 1
 */
public record ScenarioResult(
        String id,
        String name,
        List<String> tags,
        String feature,
        Verdict verdict,
        @Nullable String reason,
        long seed,
        String target,
        List<Mark> marks,
        @Nullable Recovery recovery,
        @Nullable Users users,
        Verification verification,
        List<String> residue,
        List<Expectation> expectations,
        List<Event> events,
        RequestSeries requests,
        @Nullable FaultWindow faultWindow,
        @Nullable HealedBy healedBy,
        Instant startedAt,
        double tookMillis,
        @Nullable String experiment,
        String replay,
        List<Proof> proofs,
        int repetition) {

    /** Checks the parts; files from before there were proofs and repetitions have none of the first and one of the second. */
    public ScenarioResult {
        Require.text(id, "id");
        Require.text(name, "name");
        tags = Require.list(tags, "tags");
        Require.present(feature, "feature");
        Require.present(verdict, "verdict");
        if (verdict != Verdict.PASSED) {
            Require.text(reason, "reason of a scenario that did not pass");
        }
        Require.present(target, "target");
        marks = new Timeline(Require.list(marks, "marks")).marks();
        Require.present(verification, "verification");
        residue = Require.list(residue, "residue");
        expectations = Require.list(expectations, "expectations");
        events = Require.list(events, "events");
        Require.present(requests, "requests");
        Require.present(startedAt, "startedAt");
        tookMillis = Require.notNegativeMillis(tookMillis, "tookMillis");
        Require.present(replay, "replay");
        proofs = proofs == null ? List.of() : Require.list(proofs, "proofs");
        repetition = repetition == 0 ? 1 : (int) Require.notNegative(repetition, "repetition");
    }

    /** Begins the result of a scenario that passed with nothing measured yet. */
    public static Builder builder(String id, String name, Instant startedAt, long seed) {
        return new Builder(id, name, startedAt, seed);
    }

    /** Its name, and which repetition it was from the second on. */
    public String title() {
        return repetition == 1 ? name : name + " (repetition " + repetition + ")";
    }

    public Timeline timeline() {
        return new Timeline(marks);
    }

    public Optional<Mark> mark(MarkName name) {
        return timeline().find(name);
    }

    /** Collects the parts of a result; {@code recovery} is computed from the marks unless told otherwise. */
    public static final class Builder {

        private final String id;
        private final String name;
        private final Instant startedAt;
        private final long seed;
        private List<String> tags = List.of();
        private String feature = "";
        private Verdict verdict = Verdict.PASSED;
        private @Nullable String reason;
        private String target = "";
        private List<Mark> marks = List.of();
        private boolean recovered = true;
        private @Nullable Users users;
        private Verification verification = Verification.NOT_RUN;
        private List<String> residue = List.of();
        private List<Expectation> expectations = List.of();
        private List<Event> events = List.of();
        private RequestSeries requests = RequestSeries.NONE;
        private @Nullable FaultWindow faultWindow;
        private @Nullable HealedBy healedBy;
        private double tookMillis;
        private @Nullable String experiment;
        private String replay = "";
        private List<Proof> proofs = List.of();
        private int repetition = 1;

        private Builder(String id, String name, Instant startedAt, long seed) {
            this.id = id;
            this.name = name;
            this.startedAt = startedAt;
            this.seed = seed;
        }

        public Builder tags(List<String> tags) {
            this.tags = tags;
            return this;
        }

        public Builder feature(String feature) {
            this.feature = feature;
            return this;
        }

        /** How it ended; the reason may be null only when it passed. */
        public Builder verdict(Verdict verdict, @Nullable String reason) {
            this.verdict = verdict;
            this.reason = reason;
            return this;
        }

        public Builder target(String target) {
            this.target = target;
            return this;
        }

        public Builder marks(List<Mark> marks) {
            this.marks = marks;
            return this;
        }

        /** Reports no recovery whatever the marks say: users were never hurt, or the good requests did not last. */
        public Builder notRecovered() {
            this.recovered = false;
            return this;
        }

        public Builder users(@Nullable Users users) {
            this.users = users;
            return this;
        }

        public Builder verification(Verification verification) {
            this.verification = verification;
            return this;
        }

        public Builder residue(List<String> residue) {
            this.residue = residue;
            return this;
        }

        public Builder expectations(List<Expectation> expectations) {
            this.expectations = expectations;
            return this;
        }

        public Builder events(List<Event> events) {
            this.events = events;
            return this;
        }

        public Builder requests(RequestSeries requests) {
            this.requests = requests;
            return this;
        }

        public Builder faultWindow(@Nullable FaultWindow faultWindow) {
            this.faultWindow = faultWindow;
            return this;
        }

        public Builder healedBy(@Nullable HealedBy healedBy) {
            this.healedBy = healedBy;
            return this;
        }

        public Builder tookMillis(double tookMillis) {
            this.tookMillis = tookMillis;
            return this;
        }

        public Builder experiment(@Nullable String experiment) {
            this.experiment = experiment;
            return this;
        }

        public Builder replay(String replay) {
            this.replay = replay;
            return this;
        }

        public Builder proofs(List<Proof> proofs) {
            this.proofs = proofs;
            return this;
        }

        /** Which time it was that the scenario ran, from 1. */
        public Builder repetition(int repetition) {
            this.repetition = repetition;
            return this;
        }

        /**
         * Builds the result.
         *
         * @throws IllegalArgumentException when a part is wrong, with its name, its value and what would be right
         */
        public ScenarioResult build() {
            Recovery recovery = recovered ? new Timeline(marks).recovery().orElse(null) : null;
            return new ScenarioResult(
                    id,
                    name,
                    tags,
                    feature,
                    verdict,
                    reason,
                    seed,
                    target,
                    marks,
                    recovery,
                    users,
                    verification,
                    residue,
                    expectations,
                    events,
                    requests,
                    faultWindow,
                    healedBy,
                    startedAt,
                    tookMillis,
                    experiment,
                    replay,
                    proofs,
                    repetition);
        }
    }
}
