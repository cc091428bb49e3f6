package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.emulation.NetworkFault.Chance;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Percentage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkFaultsTest {

    private static NetworkFault fault(Map<String, Object> spec) {
        NetworkFaults faults = new NetworkFaults(new Tree(spec));
        assertThat(faults.unsupported()).isEmpty();
        return faults.fault(false, List.of());
    }

    @Test
    void allPartsOfNetemCountWhateverTheActionIsCalled() {
        assertThat(fault(Map.of(
                        "action", "loss",
                        "loss", Map.of("loss", "10", "correlation", "25"),
                        "duplicate", Map.of("duplicate", "20"),
                        "corrupt", Map.of("corrupt", "30"),
                        "rate", Map.of("rate", "1mbps"),
                        "delay",
                                Map.of(
                                        "latency",
                                        "90ms",
                                        "jitter",
                                        "10ms",
                                        "correlation",
                                        "50",
                                        "reorder",
                                        Map.of("reorder", "40", "gap", 5)))))
                .isEqualTo(new NetworkFault.Netem(
                        new Chance(Percentage.of(10), Percentage.of(25)),
                        Chance.of(20),
                        Chance.of(30),
                        new NetworkFault.Delay(
                                Duration.ofMillis(90), Duration.ofMillis(10), Percentage.of(50), Chance.of(40), 5),
                        1024 * 1024,
                        List.of()));
    }

    @Test
    void jitterAndReorderingNeedALatency() {
        assertThat(fault(Map.of(
                        "action",
                        "delay",
                        "delay",
                        Map.of("latency", "0ms", "jitter", "10ms", "reorder", Map.of("reorder", "40", "gap", 1)))))
                .isEqualTo(NetworkFault.Netem.delay(Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({"7bps, 7", "7 Kbps, 7168", "3mbps, 3145728", "2gbps, 2147483648", "1tbps, 1099511627776"})
    void rateIsInBytesAndItsUnitsGoBy1024(String text, long bytesPerSecond) {
        assertThat(fault(Map.of("action", "bandwidth", "bandwidth", Map.of("rate", text, "limit", 100, "buffer", 10))))
                .isEqualTo(new NetworkFault.Bandwidth(bytesPerSecond, 100, 10, 0, 0, List.of()));
    }

    @Test
    void peakRateNeedsItsBucket() {
        Map<String, Object> peak =
                Map.of("rate", "1kbps", "limit", 100, "buffer", 10, "peakrate", 4096, "minburst", 1514);
        assertThat(fault(Map.of("action", "bandwidth", "bandwidth", peak)))
                .isEqualTo(new NetworkFault.Bandwidth(1024, 100, 10, 4096, 1514, List.of()));
        assertThat(fault(Map.of(
                        "action",
                        "bandwidth",
                        "bandwidth",
                        Map.of("rate", "1kbps", "limit", 100, "buffer", 10, "peakrate", 4096))))
                .isEqualTo(new NetworkFault.Bandwidth(1024, 100, 10, 0, 0, List.of()));
    }

    @Test
    void whatMeansNothingIsSaid() {
        assertThat(new NetworkFaults(new Tree(Map.of("action", "netem"))).unsupported())
                .hasValueSatisfying(reason -> assertThat(reason).contains("at least one is required"));
        assertThat(new NetworkFaults(
                                new Tree(Map.of("action", "netem", "rate", Map.of("rate", "99999999999999999tbps"))))
                        .unsupported())
                .hasValueSatisfying(reason -> assertThat(reason).contains("spec.rate.rate"));
        assertThat(new NetworkFaults(new Tree(Map.of("action", "bandwidth"))).unsupported())
                .hasValueSatisfying(reason -> assertThat(reason).contains("spec.bandwidth"));
    }
}
