package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.Container;
import dev.kintsugi.features.recording.Observation.Endpoint;
import dev.kintsugi.features.recording.Observation.EndpointsSeen;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Observation.PodSeen;
import dev.kintsugi.features.recording.Observation.RecoverySeen;
import dev.kintsugi.features.recording.Observation.RequestSeen;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How one target came back.
 *
 * <p>The rules, in this order: a target that is gone, or going, is replaced by a pod with the same controller and a UID that
 * was not there at the injection (never matched by name or order), where one that goes before it was ever ready has replaced
 * nothing and the next takes its place; a target whose container was restarted is replaced by that container; a target that
 * is neither can only come back by the fault being lifted. Ready is the first Ready=True after the replacement, endpoint the
 * first time its UID stands as a ready endpoint after that or with it, first good the first good request that it answered
 * and that was sent after it was replaced.
 */
final class Recoveries {

    /** The pod that stands in for a target, and since when. */
    record Replacement(Pod pod, Sighting sighting, boolean samePod) {}

    private final List<Observation> log;
    private final Injection injection;
    private final long watchDelay;
    private final Set<String> atInjection = new HashSet<>();
    private final Set<String> taken = new HashSet<>();

    Recoveries(List<Observation> log, Injection injection, long watchDelayNanos) {
        this.log = log;
        this.injection = injection;
        this.watchDelay = watchDelayNanos;
        for (Observation seen : log) {
            if (seen instanceof PodSeen pod && pod.atNanos() < injection.requestedNanos()) {
                atInjection.add(pod.pod().uid());
            }
        }
    }

    Optional<Sighting> detected() {
        return recovery(false);
    }

    Optional<Sighting> acted() {
        return recovery(true);
    }

    private Optional<Sighting> recovery(boolean acted) {
        Set<String> uids = new HashSet<>();
        injection.targets().forEach(target -> uids.add(target.uid()));
        for (Observation seen : log) {
            if (seen instanceof RecoverySeen r
                    && r.atNanos() >= injection.requestedNanos()
                    && uids.contains(r.recovery().targetUid())
                    && (!acted || r.recovery().attempts() > 0)) {
                String what = acted
                        ? "the healer did " + r.recovery().action()
                        : "the healer published " + r.recovery().cause();
                return Optional.of(new Sighting(
                        r.atNanos(),
                        watchDelay,
                        what + " (Recovery " + r.recovery().name() + ")"));
            }
        }
        return Optional.empty();
    }

    /** Finds who stands in for the target; each call for another target finds another one. */
    Optional<Replacement> replacement(Pod target) {
        Optional<Replacement> found = newPod(target).or(() -> restarted(target)).or(() -> lifted(target));
        found.ifPresent(r -> taken.add(r.pod().uid()));
        return found;
    }

    private Optional<Replacement> newPod(Pod target) {
        boolean going = log.stream()
                .anyMatch(seen -> seen instanceof PodSeen pod
                        && pod.atNanos() >= injection.requestedNanos()
                        && pod.pod().uid().equals(target.uid())
                        && (pod.gone() || pod.pod().terminating()));
        if (!going || target.controllerUid() == null) {
            return Optional.empty();
        }
        for (Observation seen : log) {
            if (seen instanceof PodSeen pod
                    && pod.atNanos() >= injection.requestedNanos()
                    && !pod.gone()
                    && target.controllerUid().equals(pod.pod().controllerUid())
                    && !atInjection.contains(pod.pod().uid())
                    && !taken.contains(pod.pod().uid())
                    && !wentBeforeItWasReady(pod.pod().uid())) {
                return Optional.of(new Replacement(
                        pod.pod(),
                        new Sighting(
                                pod.atNanos(),
                                watchDelay,
                                "pod " + pod.pod().name() + " of the same controller, UID "
                                        + pod.pod().uid()),
                        false));
            }
        }
        return Optional.empty();
    }

    private boolean wentBeforeItWasReady(String uid) {
        for (Observation seen : log) {
            if (seen instanceof PodSeen pod && pod.pod().uid().equals(uid)) {
                if (pod.pod().ready()) {
                    return false;
                }
                if (pod.gone() || pod.pod().terminating()) {
                    return true;
                }
            }
        }
        return false;
    }

    private Optional<Replacement> restarted(Pod target) {
        for (Observation seen : log) {
            if (seen instanceof PodSeen pod
                    && pod.atNanos() >= injection.requestedNanos()
                    && pod.pod().uid().equals(target.uid())) {
                for (Container container : pod.pod().containers()) {
                    int before = target.container(container.name())
                            .map(Container::restarts)
                            .orElse(0);
                    if (container.restarts() > before && container.running()) {
                        return Optional.of(new Replacement(
                                pod.pod(),
                                new Sighting(
                                        pod.atNanos(),
                                        watchDelay,
                                        "container " + container.name() + " of " + target.name()
                                                + " runs again, restart " + container.restarts()),
                                true));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Replacement> lifted(Pod target) {
        if (injection.liftedNanos().isEmpty()) {
            return Optional.empty();
        }
        long at = injection.liftedNanos().getAsLong();
        return Optional.of(new Replacement(target, new Sighting(at, 0, "the fault was lifted, the pod stayed"), true));
    }

    Optional<Sighting> ready(Replacement replacement) {
        long from = replacement.sighting().atNanos();
        boolean wasReady = false;
        for (Observation seen : log) {
            if (seen instanceof PodSeen pod
                    && pod.pod().uid().equals(replacement.pod().uid())) {
                if (pod.atNanos() < from) {
                    wasReady = pod.pod().ready() && !pod.gone();
                } else if (pod.pod().ready() && !pod.gone()) {
                    return Optional.of(new Sighting(
                            pod.atNanos(), watchDelay, "pod " + pod.pod().name() + " is Ready"));
                } else {
                    wasReady = false;
                }
            }
        }
        boolean stayed = replacement.samePod() && injection.liftedNanos().isPresent() && wasReady;
        return stayed
                ? Optional.of(new Sighting(from, 0, "pod " + replacement.pod().name() + " stayed Ready"))
                : Optional.empty();
    }

    Optional<Sighting> endpoint(Replacement replacement) {
        long from = replacement.sighting().atNanos();
        String uid = replacement.pod().uid();
        boolean was = false;
        for (Observation seen : log) {
            if (seen instanceof EndpointsSeen slice) {
                boolean in = slice.endpoints().stream().anyMatch(e -> e.ready() && uid.equals(e.podUid()));
                boolean listed =
                        slice.endpoints().stream().map(Endpoint::podUid).anyMatch(uid::equals);
                if (slice.atNanos() < from) {
                    was = listed ? in : was;
                } else if (in) {
                    return Optional.of(new Sighting(
                            slice.atNanos(),
                            watchDelay,
                            replacement.pod().name() + " is a ready endpoint of " + slice.service()));
                } else if (listed) {
                    was = false;
                }
            }
        }
        boolean stayed = replacement.samePod() && injection.liftedNanos().isPresent() && was;
        return stayed
                ? Optional.of(new Sighting(from, 0, replacement.pod().name() + " stayed a ready endpoint"))
                : Optional.empty();
    }

    Optional<Sighting> firstGood(Replacement replacement) {
        for (Observation seen : log) {
            if (seen instanceof RequestSeen users
                    && users.stream().equals(Observation.USERS)
                    && users.request().good()
                    && replacement.pod().name().equals(users.request().servedBy())
                    && users.request().intendedNanos() >= replacement.sighting().atNanos()) {
                return Optional.of(new Sighting(
                        users.atNanos(),
                        users.atNanos() - sentBefore(users.request().intendedNanos()),
                        "HTTP " + users.request().status() + " from "
                                + replacement.pod().name()));
            }
        }
        return Optional.empty();
    }

    /** The last user who asked before: until then nobody could have been served. */
    private long sentBefore(long intendedNanos) {
        long before = Long.MIN_VALUE;
        for (Observation seen : log) {
            if (seen instanceof RequestSeen users
                    && users.stream().equals(Observation.USERS)
                    && users.request().intendedNanos() < intendedNanos) {
                before = Math.max(before, users.request().intendedNanos());
            }
        }
        return before == Long.MIN_VALUE ? intendedNanos : before;
    }
}
