package dev.kintsugi.features.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kintsugi.reports.model.EffectVerdict;
import dev.kintsugi.reports.model.Proof;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProofsTest {
    private static final long MILLI = 1_000_000;
    private static final long MIB = 1024 * 1024;

    /** So many requests, of which every n-th takes so long; with a latency below 0 it has no answer. */
    private static Sample sample(int count, int hitEvery, long hitMillis) {
        return new Sample(IntStream.range(0, count)
                .mapToObj(i -> {
                    boolean hit = hitEvery > 0 && i % hitEvery == 0;
                    long latency = hit ? hitMillis : 3;
                    return hit && hitMillis < 0
                            ? new Request(0, 0, 3_000 * MILLI, 0, "no answer in time", null)
                            : new Request(0, 0, latency * MILLI, 200, null, null);
                })
                .toList());
    }

    private static final Sample QUIET = sample(40, 0, 0);

    @Test
    void wilsonIntervalHasItsKnownEnds() {
        // R: prop.test(15, 50, correct = FALSE)$conf.int
        assertThat(new Share(15, 50).lower()).isCloseTo(0.1910, within(0.0001));
        assertThat(new Share(15, 50).upper()).isCloseTo(0.4375, within(0.0001));
        assertThat(new Share(0, 50).lower()).isZero();
        assertThat(new Share(0, 50).upper()).isCloseTo(0.0713, within(0.0001));
        assertThat(new Share(0, 0).upper()).isEqualTo(1);
    }

    @Test
    void lossIsConfirmedByTheShareThatItExplains() {
        Proof proof = Proofs.loss("shop/web-0", 0.3, QUIET, sample(200, 2, 1_003));
        assertThat(proof.effect()).isEqualTo(EffectVerdict.CONFIRMED);
        assertThat(proof.evidence()).contains("100 of 200 (50 %", "before the fault 0 of 40", "30 to 66 %");
    }

    @Test
    void lossThatNobodyNoticesHadNoEffect() {
        assertThat(Proofs.loss("shop/web-0", 0.3, QUIET, sample(200, 0, 0)).effect())
                .isEqualTo(EffectVerdict.NO_EFFECT);
    }

    @Test
    void totalLossThatLosesAFifthIsNotWhatWasAskedFor() {
        assertThat(Proofs.loss("shop/web-0", 0.9, QUIET, sample(200, 5, 1_003)).effect())
                .isEqualTo(EffectVerdict.INCONCLUSIVE);
    }

    @Test
    void pathThatWasBadBeforeProvesNothing() {
        assertThat(Proofs.loss("shop/web-0", 0.3, sample(200, 2, -1), sample(200, 2, -1))
                        .effect())
                .isEqualTo(EffectVerdict.INCONCLUSIVE);
    }

    @Test
    void handfulOfRequestsProvesNothing() {
        assertThat(Proofs.loss("shop/web-0", 0.3, QUIET, sample(9, 2, 1_003)).evidence())
                .contains("too few requests");
    }

    @Test
    void delayIsConfirmedWhenNearlyAllAreSlower() {
        Duration asked = Duration.ofMillis(100);
        assertThat(Proofs.delay("shop/web-0", asked, QUIET, sample(100, 1, 204)).effect())
                .isEqualTo(EffectVerdict.CONFIRMED);
        assertThat(Proofs.delay("shop/web-0", asked, QUIET, sample(100, 2, 204)).effect())
                .isEqualTo(EffectVerdict.INCONCLUSIVE);
        assertThat(Proofs.delay("shop/web-0", asked, QUIET, QUIET).effect()).isEqualTo(EffectVerdict.NO_EFFECT);
    }

    @Test
    void partitionIsConfirmedWhenNobodyIsAnswered() {
        assertThat(Proofs.cutOff("shop/web-0", QUIET, sample(40, 1, -1)).effect())
                .isEqualTo(EffectVerdict.CONFIRMED);
        assertThat(Proofs.cutOff("shop/web-0", QUIET, QUIET).effect()).isEqualTo(EffectVerdict.NO_EFFECT);
    }

    @Test
    void memoryIsConfirmedByResidentBytesOrAKill() {
        assertThat(Proofs.memory("x", 100 * MIB, 40 * MIB, 139 * MIB, false).effect())
                .isEqualTo(EffectVerdict.CONFIRMED);
        assertThat(Proofs.memory("x", 100 * MIB, 40 * MIB, 90 * MIB, false).effect())
                .isEqualTo(EffectVerdict.INCONCLUSIVE);
        assertThat(Proofs.memory("x", 100 * MIB, 40 * MIB, 41 * MIB, false).effect())
                .isEqualTo(EffectVerdict.NO_EFFECT);
        assertThat(Proofs.memory("x", 100 * MIB, 40 * MIB, 41 * MIB, true).effect())
                .isEqualTo(EffectVerdict.CONFIRMED);
    }

    @Test
    void cpuIsConfirmedByTheTimeSpent() {
        assertThat(Proofs.cpu("x", 1, 0.02, 0.95).effect()).isEqualTo(EffectVerdict.CONFIRMED);
        assertThat(Proofs.cpu("x", 1, 0.02, 0.05).effect()).isEqualTo(EffectVerdict.NO_EFFECT);
    }

    @Test
    void oneTargetThatWasMissedSpoilsTheWhole() {
        Proof bitten = Proofs.gone("a", "1", true);
        assertThat(Proofs.of(List.of(bitten, Proofs.gone("b", "2", false)))).isEqualTo(EffectVerdict.NO_EFFECT);
        assertThat(Proofs.of(List.of(bitten, Proofs.unknown("b", "?")))).isEqualTo(EffectVerdict.INCONCLUSIVE);
        assertThat(Proofs.of(List.of(bitten))).isEqualTo(EffectVerdict.CONFIRMED);
        assertThat(Proofs.of(List.of())).isEqualTo(EffectVerdict.INCONCLUSIVE);
    }

    @Test
    void kubeletsSummaryIsSummedOverTheContainersOfThePod() {
        String summary = """
                {"pods":[{"podRef":{"uid":"other"},"containers":[]},
                 {"podRef":{"name":"web-0","namespace":"shop","uid":"u1"},"containers":[
                  {"name":"app","cpu":{"time":"2026-01-01T00:00:10Z","usageCoreNanoSeconds":3000},"memory":{"rssBytes":100}},
                  {"name":"two","cpu":{"time":"2026-01-01T00:00:09Z","usageCoreNanoSeconds":4000},"memory":{"rssBytes":23}}]}]}
                """;
        assertThat(PodUsage.parse(summary, "u1")).hasValueSatisfying(usage -> {
            assertThat(usage.cpuNanos()).isEqualTo(7000);
            assertThat(usage.residentBytes()).isEqualTo(123);
            assertThat(usage.cpuAt()).hasToString("2026-01-01T00:00:10Z");
        });
        assertThat(PodUsage.parse(summary, "u2")).isEmpty();
        assertThat(PodUsage.parse("<html>", "u1")).isEmpty();
    }
}
