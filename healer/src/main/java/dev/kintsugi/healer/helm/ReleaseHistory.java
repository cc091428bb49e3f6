package dev.kintsugi.healer.helm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is stored of one release.
 *
 * @param revisions newest first; never empty
 */
public record ReleaseHistory(String namespace, String name, List<StoredRevision> revisions) {

    private static final String UNFINISHED = "was never finished";
    private static final Pattern ROLLED_BACK = Pattern.compile("Rollback to (\\d{1,9})");
    /** How Helm describes a revision whose operation did not end well, or has not ended. */
    private static final Pattern NOT_DONE = Pattern.compile(
            "(Release|Upgrade|Rollback) \".*\" failed: .*|Initial install underway|Preparing upgrade", Pattern.DOTALL);

    /** Makes the parts unmodifiable and puts the newest first. */
    public ReleaseHistory {
        revisions = revisions.stream()
                .sorted(Comparator.comparingInt(StoredRevision::version).reversed())
                .toList();
        if (revisions.isEmpty()) {
            throw new IllegalArgumentException("release " + namespace + "/" + name + " has no revision");
        }
    }

    /** Sorts Secrets by release. Those that Helm itself does not see, for want of labels, are left out. */
    public static List<ReleaseHistory> of(Collection<StoredRevision> secrets) {
        Map<String, List<StoredRevision>> byRelease = new TreeMap<>();
        for (StoredRevision secret : secrets) {
            if (!secret.release().isEmpty() && "helm".equals(secret.labels().get("owner"))) {
                byRelease
                        .computeIfAbsent(secret.namespace() + "/" + secret.release(), key -> new ArrayList<>())
                        .add(secret);
            }
        }
        return byRelease.values().stream()
                .map(all ->
                        new ReleaseHistory(all.get(0).namespace(), all.get(0).release(), all))
                .toList();
    }

    /** The last revision, whatever became of it. */
    public StoredRevision newest() {
        return revisions.get(0);
    }

    /**
     * What was seen of revisions in operation, by their numbers.
     *
     * @param good those whose workloads were verified
     * @param bad those whose workloads became ill
     */
    public record Experience(Set<Integer> good, Set<Integer> bad) {
        public static final Experience NONE = new Experience(Set.of(), Set.of());

        /** Makes the parts unmodifiable. */
        public Experience {
            good = Set.copyOf(good);
            bad = Set.copyOf(bad);
        }
    }

    /** Where to go back to, or why there is nothing. */
    public sealed interface Choice {

        /** This revision, because of that. */
        record Target(int revision, String evidence) implements Choice {}

        /** None, because of that: the reason for each revision that was looked at. */
        record None(String reason) implements Choice {}
    }

    /**
     * The last revision before the newest that is known to be good.
     *
     * <p>A revision comes into question if Helm calls it deployed or superseded, its description does not say that it failed (Helm
     * turns a failed revision into a superseded one when an upgrade succeeds after it), nobody has rolled back from it since, it
     * was not seen to be bad, and what it would bring is not the same as a revision that is. One that was verified in operation
     * goes before all that were not; then the younger before the older.
     */
    public Choice lastGood(Experience experience) {
        List<String> against = new ArrayList<>();
        List<StoredRevision> candidates = new ArrayList<>();
        List<String> badManifests = new ArrayList<>();
        int rolledBackTo = Integer.MAX_VALUE;
        for (int i = 0; i < revisions.size(); i++) {
            StoredRevision revision = revisions.get(i);
            String objection;
            try {
                Release release = revision.read();
                objection = objection(release, revision.version() > rolledBackTo, experience, badManifests);
                if (i == 0 && !objection.equals(UNFINISHED)) {
                    objection = "is the one to leave";
                }
                if (!objection.isEmpty() && !objection.equals(UNFINISHED)) {
                    badManifests.add(release.manifest());
                }
                rolledBackTo = Math.min(rolledBackTo, leftFor(release));
            } catch (UnreadableReleaseException e) {
                objection = e.getMessage();
            }
            if (objection.isEmpty()) {
                candidates.add(revision);
            } else if (i > 0) {
                against.add("revision " + revision.version() + " " + objection);
            }
        }
        for (StoredRevision candidate : candidates) {
            if (experience.good().contains(candidate.version())) {
                return new Choice.Target(
                        candidate.version(), "revision %d was verified in operation".formatted(candidate.version()));
            }
        }
        if (!candidates.isEmpty()) {
            int version = candidates.get(0).version();
            return new Choice.Target(
                    version,
                    "revision %d is the last that Helm deployed and that nothing speaks against".formatted(version));
        }
        return new Choice.None(against.isEmpty() ? "there is no earlier revision" : String.join("; ", against));
    }

    private static String objection(
            Release release, boolean rolledBackFrom, Experience experience, List<String> badManifests) {
        ReleaseStatus status = release.status();
        if (status.isPending()) {
            return UNFINISHED;
        }
        if (status != ReleaseStatus.DEPLOYED && status != ReleaseStatus.SUPERSEDED) {
            return "is " + status;
        }
        if (NOT_DONE.matcher(release.description()).matches()) {
            return "is called %s, but had ended with: %s".formatted(status, release.description());
        }
        if (experience.bad().contains(release.version())) {
            return "was seen to be bad";
        }
        if (rolledBackFrom) {
            return "was rolled back from";
        }
        return badManifests.contains(release.manifest()) ? "has the same manifest as a bad one" : "";
    }

    /**
     * The number that a rollback went back to, or at least did not stay at: all revisions from there up to the rollback were left
     * on purpose. A rollback that failed no longer says where it went, so only the revision just before it is known to be left.
     * Anything but a rollback leaves nothing.
     */
    private static int leftFor(Release release) {
        Matcher rollback = ROLLED_BACK.matcher(release.description());
        if (rollback.matches()) {
            return Integer.parseInt(rollback.group(1));
        }
        boolean failedRollback = release.description().startsWith("Rollback \"")
                || (release.version() > 1 && release.description().startsWith("Release \""));
        return failedRollback ? release.version() - 2 : Integer.MAX_VALUE;
    }
}
