package dev.kintsugi.features.recording;

import dev.kintsugi.reports.model.EffectVerdict;
import dev.kintsugi.reports.model.Proof;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What may be concluded of a fault from what was measured at its target from outside.
 *
 * <p>The rule for all of them: {@code CONFIRMED} only when the measurement agrees with what was asked for and not with the time before;
 * {@code NO_EFFECT} when it agrees with the time before and not with what was asked for, or with hardly any of that; {@code INCONCLUSIVE} for all else, too few
 * requests and doubtful ones among it.
 */
public final class Proofs {
    /** A lost packet is sent again after 200 ms at the earliest (Linux): what is later by this much has lost one. */
    static final Duration RETRANSMITTED = Duration.ofMillis(150);

    /** A small answer over a new connection takes one packet to open it and one or two to carry it; either may be lost. */
    private static final int MOST_PACKETS = 3;

    private static final double NEARLY_ALL = 0.8;
    /** How much of the asked-for memory or CPU has to be seen: metrics lag, and a stressor shares its machine. */
    static final double MOST = 0.8;

    private static final double HARDLY_ANY = 0.2;
    private static final long FEWEST = 10;
    private static final double MEBIBYTE = 1024 * 1024;

    private Proofs() {}

    /** A target that was to be deleted: its UID is gone, or it is not. */
    public static Proof gone(String target, String uid, boolean isGone) {
        return isGone
                ? new Proof(target, EffectVerdict.CONFIRMED, "UID " + uid + " is gone")
                : new Proof(target, EffectVerdict.NO_EFFECT, "UID " + uid + " is still there");
    }

    /** A target whose container was to be killed: it runs again under another id, was restarted, or neither. */
    public static Proof restarted(String target, int restartsBefore, int restartsAfter) {
        String figures = "restarts " + restartsBefore + " before, " + restartsAfter + " after";
        return new Proof(
                target, restartsAfter > restartsBefore ? EffectVerdict.CONFIRMED : EffectVerdict.NO_EFFECT, figures);
    }

    /**
     * A share of what the target sends was to be lost. A request is hit when any of its packets is, so for a loss of {@code p} and
     * {@code k} packets it is {@code 1 − (1 − p)^k} of the requests that fail or come late by a retransmission.
     *
     * @param loss from 0 to 1
     * @param before requests that failed or were late before the fault
     * @param during the same while it was in force
     */
    public static Proof loss(String target, double loss, Sample before, Sample during) {
        double least = loss;
        double most = 1 - Math.pow(1 - loss, MOST_PACKETS);
        Share was = before.hit(before.lateAfter());
        Share is = during.hit(before.lateAfter());
        String evidence = String.format(
                Locale.ROOT,
                "%s requests failed or came late by a retransmission, before the fault %d of %d; a loss of %.0f %% hits %.0f to"
                        + " %.0f %%",
                is,
                was.hits(),
                was.of(),
                loss * 100,
                least * 100,
                most * 100);
        boolean agrees = is.upper() >= least && is.lower() <= most;
        return judged(target, least, agrees, was, is, evidence);
    }

    /**
     * The answers of the target were to be delayed. Each request has at least one packet of the target's to wait for, so nearly all of
     * them take the least delay longer than the fastest tenth did before; what was slow before for other reasons may not be now.
     *
     * @param least the latency less the jitter
     */
    public static Proof delay(String target, Duration least, Sample before, Sample during) {
        long late = before.fastNanos() + least.toNanos() * 9 / 10;
        Share was = before.hit(late);
        Share is = during.hit(late);
        String evidence = String.format(
                Locale.ROOT,
                "%s requests were slower by %d ms, median %.0f ms before and %.0f ms during the fault",
                is,
                least.toMillis(),
                before.medianNanos() / 1e6,
                during.medianNanos() / 1e6);
        return judged(target, 1, is.lower() >= NEARLY_ALL, was, is, evidence);
    }

    /** The target was to be cut off, or to refuse: nearly all requests to it fail. */
    public static Proof cutOff(String target, Sample before, Sample during) {
        Share was = before.failed();
        Share is = during.failed();
        String evidence = is + " requests failed, before the fault " + was.hits() + " of " + was.of();
        return judged(target, 1, is.lower() >= NEARLY_ALL, was, is, evidence);
    }

    /** The target was to answer with another status: nearly all answers have it. */
    public static Proof answers(String target, int status, Sample before, Sample during) {
        Share was = before.answered(status);
        Share is = during.answered(status);
        String evidence =
                is + " requests were answered with " + status + ", before the fault " + was.hits() + " of " + was.of();
        return judged(target, 1, is.lower() >= NEARLY_ALL, was, is, evidence);
    }

    /** @param asked the least share of the requests that the fault was to hit */
    private static Proof judged(String target, double asked, boolean agrees, Share was, Share is, String evidence) {
        if (is.of() < FEWEST || was.of() < FEWEST) {
            return new Proof(
                    target,
                    EffectVerdict.INCONCLUSIVE,
                    "too few requests, " + was.of() + " before and " + is.of() + " during the fault");
        }
        boolean above = is.isAbove(was);
        if (agrees) {
            return new Proof(target, above ? EffectVerdict.CONFIRMED : EffectVerdict.INCONCLUSIVE, evidence);
        }
        boolean hardly = is.upper() <= HARDLY_ANY * asked;
        return new Proof(target, above && !hardly ? EffectVerdict.INCONCLUSIVE : EffectVerdict.NO_EFFECT, evidence);
    }

    /**
     * Memory was to be made resident in the target.
     *
     * @param asked in bytes
     * @param before resident bytes before the fault
     * @param peak the most that was seen while it was in force
     * @param oomKilled a container of it was ended for want of memory since
     */
    public static Proof memory(String target, long asked, long before, long peak, boolean oomKilled) {
        String figures = String.format(
                Locale.ROOT,
                "%.0f MiB resident before, %.0f MiB at most during the fault, %.0f MiB more were asked for",
                before / MEBIBYTE,
                peak / MEBIBYTE,
                asked / MEBIBYTE);
        if (oomKilled) {
            return new Proof(
                    target, EffectVerdict.CONFIRMED, "a container was ended as OOMKilled, exit code 137; " + figures);
        }
        return new Proof(target, byShare((double) (peak - before) / asked), figures);
    }

    /** Only this is known of a target whose memory nobody measures: that it was ended for want of it. */
    public static Proof oomKilled(String target) {
        return new Proof(target, EffectVerdict.CONFIRMED, "a container was ended as OOMKilled, exit code 137");
    }

    /**
     * CPU time was to be spent in the target.
     *
     * @param askedCores CPUs that the stressors were to keep busy, the limit of the container taken into account
     * @param beforeCores CPUs that it used before
     * @param duringCores and while the fault was in force
     */
    public static Proof cpu(String target, double askedCores, double beforeCores, double duringCores) {
        String figures = String.format(
                Locale.ROOT,
                "%.2f CPUs used before, %.2f during the fault, %.2f more were asked for",
                beforeCores,
                duringCores,
                askedCores);
        return new Proof(target, byShare((duringCores - beforeCores) / askedCores), figures);
    }

    private static EffectVerdict byShare(double seen) {
        return seen >= MOST
                ? EffectVerdict.CONFIRMED
                : seen <= HARDLY_ANY ? EffectVerdict.NO_EFFECT : EffectVerdict.INCONCLUSIVE;
    }

    /** Nothing could be measured. */
    public static Proof unknown(String target, String why) {
        return new Proof(target, EffectVerdict.INCONCLUSIVE, why);
    }

    /** What all targets together show: confirmed when each of them is, without effect when one of them was not bitten. */
    public static EffectVerdict of(List<Proof> proofs) {
        if (!proofs.isEmpty() && proofs.stream().allMatch(proof -> proof.effect() == EffectVerdict.CONFIRMED)) {
            return EffectVerdict.CONFIRMED;
        }
        return proofs.stream().anyMatch(proof -> proof.effect() == EffectVerdict.NO_EFFECT)
                ? EffectVerdict.NO_EFFECT
                : EffectVerdict.INCONCLUSIVE;
    }
}
