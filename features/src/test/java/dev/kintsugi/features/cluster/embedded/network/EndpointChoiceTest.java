package dev.kintsugi.features.cluster.embedded.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointChoiceTest {

    private static final List<InetSocketAddress> THREE = List.of(
            new InetSocketAddress("127.64.0.1", 80),
            new InetSocketAddress("127.64.0.2", 80),
            new InetSocketAddress("127.64.0.3", 80));

    private final EndpointChoice choice = new EndpointChoice(1);

    @Test
    void eachEndpointGetsItsShare() throws Exception {
        choice.update(new ServicePorts.Backends(THREE, Duration.ZERO));
        Map<InetSocketAddress, Integer> picked = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            picked.merge(choice.pick(client(1), i), 1, Integer::sum);
        }

        assertThat(picked).hasSize(3);
        assertThat(picked.values()).allSatisfy(times -> assertThat(times).isBetween(900, 1_100));
    }

    @Test
    void sameSeedPicksTheSame() throws Exception {
        EndpointChoice other = new EndpointChoice(1);
        choice.update(new ServicePorts.Backends(THREE, Duration.ZERO));
        other.update(new ServicePorts.Backends(THREE, Duration.ZERO));

        for (int i = 0; i < 100; i++) {
            assertThat(choice.pick(client(1), 0)).isEqualTo(other.pick(client(1), 0));
        }
    }

    @Test
    void withoutEndpointsThereIsNothingToPick() throws Exception {
        assertThat(choice.pick(client(1), 0)).isNull();
    }

    @Test
    void clientStaysWithItsEndpointUntilTheAffinityRunsOutOrTheEndpointGoes() throws Exception {
        choice.update(new ServicePorts.Backends(THREE, Duration.ofNanos(100)));
        InetSocketAddress first = choice.pick(client(1), 0);
        for (int now = 99; now < 9_900; now += 99) {
            assertThat(choice.pick(client(1), now))
                    .as("each connection renews it")
                    .isEqualTo(first);
        }

        List<InetSocketAddress> others =
                THREE.stream().filter(endpoint -> !endpoint.equals(first)).toList();
        choice.update(new ServicePorts.Backends(others, Duration.ofNanos(100)));
        assertThat(choice.pick(client(1), 9_900)).isIn(others);

        choice.update(new ServicePorts.Backends(THREE, Duration.ofNanos(100)));
        Map<InetSocketAddress, Integer> picked = new HashMap<>();
        for (int i = 1; i <= 100; i++) {
            picked.merge(choice.pick(client(1), 9_900 + i * 100), 1, Integer::sum);
        }
        assertThat(picked).as("one nanosecond after it ran out, any").hasSize(3);
    }

    private static InetAddress client(int host) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host});
    }
}
