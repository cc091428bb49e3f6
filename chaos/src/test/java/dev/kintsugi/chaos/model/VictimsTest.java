package dev.kintsugi.chaos.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VictimsTest {
    private final List<PodInfo> ten = IntStream.range(0, 10)
            .mapToObj(i -> Pods.running("shop", "web-" + i))
            .toList();

    @Test
    void oneSeedChoosesTheSameInWhateverOrderThePodsCome() {
        for (long seed = 0; seed < 50; seed++) {
            List<PodInfo> shuffled = new ArrayList<>(ten);
            Collections.shuffle(shuffled, new Random(seed));

            assertThat(Victims.choose(seed, Mode.fixed(3), shuffled))
                    .isEqualTo(Victims.choose(seed, Mode.fixed(3), ten))
                    .doesNotHaveDuplicates()
                    .hasSize(3);
        }
    }

    @Test
    void everyPodIsChosenBySomeSeed() {
        Set<String> chosen = LongStream.range(0, 200)
                .mapToObj(seed -> Victims.choose(seed, Mode.one(), ten).get(0).name())
                .collect(Collectors.toSet());

        assertThat(chosen).hasSize(10);
    }

    @ParameterizedTest
    @CsvSource({"one,,1", "all,,10", "fixed,4,4", "fixed,40,10", "fixed-percent,1,1", "fixed-percent,55,6"})
    void modeSaysHowMany(String mode, String value, int count) {
        assertThat(Victims.choose(1, Mode.parse(mode, value == null ? "" : value), ten))
                .hasSize(count);
    }

    @Test
    void randomMaxPercentReachesItsMaximumAndNobody() {
        Set<Integer> counts = LongStream.range(0, 500)
                .mapToObj(seed -> new Mode(Mode.Kind.RANDOM_MAX_PERCENT, 30).count(10, new SplittableRandom(seed)))
                .collect(Collectors.toSet());

        assertThat(counts).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void nothingIsChosenAmongNothing() {
        for (Mode mode : List.of(Mode.one(), Mode.all(), Mode.fixed(2), Mode.fixedPercent(50))) {
            assertThat(Victims.choose(1, mode, List.of())).isEmpty();
        }
    }
}
