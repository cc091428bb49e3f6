package dev.kintsugi.features.cluster.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EndpointAddressesTest {

    @Property(tries = 200)
    void everyPodIsDialledWhereItIs(
            @ForAll @IntRange(max = 255) int b,
            @ForAll @IntRange(max = 255) int c,
            @ForAll @IntRange(max = 255) int d) {
        String pod = "127." + b + "." + c + "." + d;
        for (EndpointAddresses addresses : EndpointAddresses.values()) {
            assertThat(addresses.dialled(addresses.written(pod))).isEqualTo(pod);
        }
    }

    @Test
    void realApiServerSeesNoLoopbackAddress() {
        assertThat(EndpointAddresses.PRIVATE.written("127.64.3.1")).isEqualTo("10.64.3.1");
        assertThat(EndpointAddresses.SAME.written("127.64.3.1")).isEqualTo("127.64.3.1");
    }

    @Test
    void addressOfAnotherMachineStandsForItself() {
        assertThat(EndpointAddresses.PRIVATE.written("192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(EndpointAddresses.PRIVATE.dialled("192.0.2.7")).isEqualTo("192.0.2.7");
    }
}
