package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Observation.PodSeen;
import dev.kintsugi.features.recording.Observation.RequestSeen;
import dev.kintsugi.features.recording.Observation.UsageSeen;
import dev.kintsugi.reports.model.EffectVerdict;
import dev.kintsugi.reports.model.Proof;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Whether, and when, a fault showed itself.
 *
 * <p>The rules: a deleted pod has bitten when its UID is gone; memory stress when the container is reported OOMKilled; a
 * degraded path when enough requests sent after the injection failed or were later than any in the steady state; a hang when
 * enough consecutive requests to the target failed; a killed container when it was started again; a failed pod when it is not ready;
 * altered answers when enough of them came; CPU stress when most of the CPU time asked for was spent. What a request shows it
 * shows at its end, or as soon as it is later than allowed.
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
        if (effect instanceof Effect.Restarted restarted) {
            return pod(
                    log,
                    requestedNanos,
                    restarted.podUid(),
                    watchDelayNanos,
                    pod -> pod.restarts() > restarted.restartsBefore()
                            ? "container of " + pod.name() + " was restarted"
                            : "");
        }
        if (effect instanceof Effect.Unready unready) {
            return pod(
                    log,
                    requestedNanos,
                    unready.podUid(),
                    watchDelayNanos,
                    pod -> pod.ready() ? "" : "pod " + pod.name() + " is not ready any more");
        }
        if (effect instanceof Effect.Answered answered) {
            return answers(
                    log,
                    requestedNanos,
                    answered.stream(),
                    answered.atLeast(),
                    request -> request.error() == null && request.status() == answered.status(),
                    "were answered with " + answered.status());
        }
        if (effect instanceof Effect.Altered altered) {
            return answers(
                    log,
                    requestedNanos,
                    altered.stream(),
                    altered.atLeast(),
                    Request::altered,
                    "had an answer with one more header");
        }
        if (effect instanceof Effect.CpuSpent spent) {
            return cpuSpent(log, requestedNanos, spent);
        }
        if (effect instanceof Effect.Unseen) {
            return Optional.empty();
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
        if (effect.get() instanceof Effect.Unseen unseen) {
            return Proofs.unknown(name, unseen.why());
        }
        if (effect.get() instanceof Effect.CpuSpent spent) {
            long lifted = injection.liftedNanos().orElse(Long.MAX_VALUE);
            return cores(log, spent.podUid(), injection.injectedNanos(), lifted)
                    .map(cores -> Proofs.cpu(name, spent.asked(), spent.before(), cores))
                    .orElseGet(() -> Proofs.unknown(name, "the kubelet of its node does not tell what it uses"));
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
                || target.uid().equals(podUid(effect))
                || Recorder.path(target).equals(stream(effect));
        if (!meant) {
            return Optional.empty();
        }
        return Optional.of(effect instanceof Effect.PodsGone ? new Effect.PodsGone(Set.of(target.uid())) : effect);
    }

    /** The pod that an effect shows at; empty for one that shows elsewhere. */
    private static String podUid(Effect effect) {
        if (effect instanceof Effect.OomKilled oom) {
            return oom.podUid();
        }
        if (effect instanceof Effect.Restarted restarted) {
            return restarted.podUid();
        }
        if (effect instanceof Effect.Unready unready) {
            return unready.podUid();
        }
        if (effect instanceof Effect.CpuSpent spent) {
            return spent.podUid();
        }
        return effect instanceof Effect.Unseen unseen ? unseen.podUid() : "";
    }

    /** The requests that an effect shows in; empty for one that shows elsewhere. */
    private static String stream(Effect effect) {
        if (effect instanceof Effect.PathDegraded path) {
            return path.stream();
        }
        if (effect instanceof Effect.Unresponsive hang) {
            return hang.stream();
        }
        if (effect instanceof Effect.Answered answered) {
            return answered.stream();
        }
        return effect instanceof Effect.Altered altered ? altered.stream() : "";
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

    /** The first time that a pod is seen to be as the fault makes it. */
    private static Optional<Sighting> pod(
            List<Observation> log, long from, String uid, long watchDelay, Function<Pod, String> evidence) {
        return log.stream()
                .flatMap(seen -> seen instanceof PodSeen pod
                                && pod.atNanos() >= from
                                && pod.pod().uid().equals(uid)
                                && !evidence.apply(pod.pod()).isEmpty()
                        ? Stream.of(new Sighting(pod.atNanos(), watchDelay, evidence.apply(pod.pod())))
                        : Stream.empty())
                .findFirst();
    }

    /** The request that makes up the number. */
    private static Optional<Sighting> answers(
            List<Observation> log, long from, String stream, int atLeast, Predicate<Request> which, String what) {
        int found = 0;
        for (Observation seen : log) {
            if (seen instanceof RequestSeen request
                    && request.stream().equals(stream)
                    && request.request().intendedNanos() >= from
                    && which.test(request.request())
                    && ++found == atLeast) {
                return Optional.of(new Sighting(
                        request.atNanos(),
                        request.request().latencyNanos(),
                        found + " requests to the target " + what));
            }
        }
        return Optional.empty();
    }

    /** CPU time is an average over the time between two looks, so it shows only some time after it began to be spent. */
    private static Optional<Sighting> cpuSpent(List<Observation> log, long from, Effect.CpuSpent effect) {
        UsageSeen first = null;
        for (Observation seen : log) {
            if (!(seen instanceof UsageSeen usage)
                    || !usage.podUid().equals(effect.podUid())
                    || usage.atNanos() < from) {
                continue;
            }
            if (first == null) {
                first = usage;
                continue;
            }
            double cores = usage.usage().coresSince(first.usage()).orElse(0.0);
            if (cores - effect.before() >= Proofs.MOST * effect.asked()) {
                return Optional.of(new Sighting(
                        usage.atNanos(),
                        usage.atNanos() - from,
                        String.format(
                                Locale.ROOT,
                                "%.2f CPUs used before, %.2f since, %.2f more were asked for",
                                effect.before(),
                                cores,
                                effect.asked())));
            }
        }
        return Optional.empty();
    }

    /** CPUs that a pod used on average between the first look at it and the last within a span of time. */
    static Optional<Double> cores(List<Observation> log, String podUid, long from, long until) {
        List<UsageSeen> looks = log.stream()
                .flatMap(seen -> seen instanceof UsageSeen usage
                                && usage.podUid().equals(podUid)
                                && usage.atNanos() >= from
                                && usage.atNanos() <= until
                        ? Stream.of(usage)
                        : Stream.empty())
                .toList();
        return looks.isEmpty()
                ? Optional.empty()
                : looks.get(looks.size() - 1).usage().coresSince(looks.get(0).usage());
    }
}
