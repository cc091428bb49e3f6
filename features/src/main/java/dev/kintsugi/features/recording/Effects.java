package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.PodSeen;
import dev.kintsugi.features.recording.Observation.RequestSeen;
import dev.kintsugi.reports.model.EffectVerdict;
import dev.kintsugi.reports.model.Proof;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether, and when, a fault showed itself.
 *
 * <p>The rules: a deleted pod has bitten when its UID is gone; memory stress when the container is reported OOMKilled; a
 * degraded path when enough requests sent after the injection failed or were later than any in the steady state; a hang when
 * enough consecutive requests to the target failed. What a request shows it shows at its end, or as soon as it is later than
 * allowed.
 */
final class Effects {

    private Effects() {}

    static Optional<Sighting> find(List<Observation> log, long requestedNanos, Effect effect, long watchDelayNanos) {
        if (effect instanceof Effect.PodsGone gone) {
            return podsGone(log, requestedNanos, gone.uids(), watchDelayNanos);
        }
        if (effect instanceof Effect.OomKilled oom) {
            return oomKilled(log, requestedNanos, oom, watchDelayNanos);
        }
        if (effect instanceof Effect.PathDegraded path) {
            return pathDegraded(log, requestedNanos, path);
        }
        if (effect instanceof Effect.Unresponsive hang) {
            return unresponsive(log, requestedNanos, hang);
        }
        Optional<Sighting> last = Optional.empty();
        for (Effect part : ((Effect.All) effect).effects()) {
            Optional<Sighting> found = find(log, requestedNanos, part, watchDelayNanos);
            if (found.isEmpty()) {
                return found;
            }
            last = last.isEmpty() ? found : Optional.of(last.get().andThen(found.get()));
        }
        return last;
    }

    /** What was seen of the fault at each of its targets. */
    static List<Proof> proofs(List<Observation> log, Injection injection, long watchDelayNanos) {
        return injection.targets().stream()
                .map(target -> proof(log, injection, target, watchDelayNanos))
                .toList();
    }

    private static Proof proof(
            List<Observation> log, Injection injection, Observation.Pod target, long watchDelayNanos) {
        String name = target.namespace() + "/" + target.name();
        Optional<Effect> effect = at(target, injection.effect());
        if (effect.isEmpty()) {
            return Proofs.unknown(name, "nobody looked how the fault shows at this target");
        }
        Optional<Sighting> seen = find(log, injection.requestedNanos(), effect.get(), watchDelayNanos);
        String figures = effect.get() instanceof Effect.PathDegraded path ? figures(log, injection, path) : "";
        return new Proof(
                name,
                seen.isPresent() ? EffectVerdict.CONFIRMED : EffectVerdict.NO_EFFECT,
                seen.map(Sighting::evidence).orElse("the fault was not seen to bite") + figures);
    }

    /** How the fault shows at one target. */
    private static Optional<Effect> at(Observation.Pod target, Effect effect) {
        if (effect instanceof Effect.All all) {
            return all.effects().stream()
                    .flatMap(part -> at(target, part).stream())
                    .findFirst();
        }
        boolean meant = (effect instanceof Effect.PodsGone gone && gone.uids().contains(target.uid()))
                || (effect instanceof Effect.OomKilled oom && oom.podUid().equals(target.uid()))
                || (effect instanceof Effect.PathDegraded path && path.stream().equals(Recorder.path(target)))
                || (effect instanceof Effect.Unresponsive hang && hang.stream().equals(Recorder.path(target)));
        if (!meant) {
            return Optional.empty();
        }
        return Optional.of(effect instanceof Effect.PodsGone ? new Effect.PodsGone(Set.of(target.uid())) : effect);
    }

    /** The share of the requests on the path that were hit while the fault was in force. */
    private static String figures(List<Observation> log, Injection injection, Effect.PathDegraded path) {
        Sample during = new Sample(log.stream()
                .flatMap(seen ->
                        seen instanceof RequestSeen request && request.stream().equals(path.stream())
                                ? Stream.of(request.request())
                                : Stream.empty())
                .filter(request -> request.intendedNanos() >= injection.injectedNanos()
                        && request.intendedNanos() < injection.liftedNanos().orElse(Long.MAX_VALUE))
                .toList());
        return "; in all " + during.hit(path.lateAfter().toNanos()) + " while it was in force";
    }

    private static Optional<Sighting> podsGone(List<Observation> log, long from, Set<String> uids, long watchDelay) {
        Set<String> missing = new HashSet<>(uids);
        for (Observation seen : log) {
            if (seen instanceof PodSeen pod && pod.gone() && pod.atNanos() >= from) {
                missing.remove(pod.pod().uid());
                if (missing.isEmpty()) {
                    return Optional.of(new Sighting(
                            pod.atNanos(),
                            watchDelay,
                            "pod " + pod.pod().name() + " is gone, UID "
                                    + pod.pod().uid()));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Sighting> oomKilled(
            List<Observation> log, long from, Effect.OomKilled oom, long watchDelay) {
        return log.stream()
                .filter(seen -> seen.atNanos() >= from)
                .flatMap(seen -> seen instanceof PodSeen pod && pod.pod().uid().equals(oom.podUid())
                        ? Stream.of(pod)
                        : Stream.empty())
                .filter(pod -> pod.pod().containers().stream()
                        .anyMatch(c -> "OOMKilled".equals(c.terminatedReason())
                                && (!c.running() || c.restarts() > oom.restartsBefore())))
                .findFirst()
                .map(pod -> new Sighting(
                        pod.atNanos(),
                        watchDelay,
                        "container of " + pod.pod().name() + " ended as OOMKilled, exit code 137"));
    }

    private static Optional<Sighting> pathDegraded(List<Observation> log, long from, Effect.PathDegraded path) {
        int degraded = 0;
        int sent = 0;
        for (Observation seen : log) {
            if (seen instanceof RequestSeen request
                    && request.stream().equals(path.stream())
                    && request.request().intendedNanos() >= from) {
                Request r = request.request();
                sent++;
                long late = path.lateAfter().toNanos();
                if ((!r.good() || r.latencyNanos() >= late) && ++degraded == path.atLeast()) {
                    return Optional.of(new Sighting(
                            r.doneNanos(),
                            r.latencyNanos(),
                            degraded + " of " + sent + " requests on the path to the target failed or took "
                                    + path.lateAfter().toMillis() + " ms and more"));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Sighting> unresponsive(List<Observation> log, long from, Effect.Unresponsive hang) {
        int failed = 0;
        long firstSent = 0;
        for (Observation seen : log) {
            if (seen instanceof RequestSeen request
                    && request.stream().equals(hang.stream())
                    && request.request().intendedNanos() >= from) {
                Request r = request.request();
                if (r.good()) {
                    failed = 0;
                    continue;
                }
                if (failed++ == 0) {
                    firstSent = r.intendedNanos();
                }
                if (failed == hang.inARow()) {
                    return Optional.of(new Sighting(
                            r.doneNanos(),
                            r.doneNanos() - firstSent,
                            failed + " requests in a row to the target had no answer"));
                }
            }
        }
        return Optional.empty();
    }
}
