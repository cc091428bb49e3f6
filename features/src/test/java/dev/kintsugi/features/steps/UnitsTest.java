package dev.kintsugi.features.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.run.UsageException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnitsTest {

    private final Units units = new Units();

    @Test
    void durationsHaveUnits() {
        assertThat(units.duration("250", "ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(units.duration("1.5", "s")).isEqualTo(Duration.ofMillis(1_500));
        assertThat(units.duration("2", "min")).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void shareReachesFromNothingToAll() {
        assertThat(units.percent("0").value()).isZero();
        assertThat(units.percent("100").value()).isEqualTo(100);
        assertThatThrownBy(() -> units.percent("100.1"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("100.1 %")
                .hasMessageContaining("from 0 to 100 %");
    }

    @Test
    void binaryAndDecimalMemoryDiffer() {
        assertThat(units.size("1", "MiB")).isNotEqualTo(units.size("1", "MB"));
    }
}
