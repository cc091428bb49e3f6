package dev.kintsugi.features.cluster.embedded.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ranges outside those of a real cluster, so that one that runs on this machine is not in the way. */
final class PodAddressesTest {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void twoClustersOnOneMachineNeverShareAnAddress() {
        try (PodAddresses one = new PodAddresses("127.180.0.0/22", 7, () -> now);
                PodAddresses other = new PodAddresses("127.180.0.0/22", 7, () -> now)) {
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 300; i++) {
                assertThat(seen.add(one.take())).isTrue();
                assertThat(seen.add(other.take())).isTrue();
            }
            assertThat(seen).allMatch(address -> address.matches("127\\.180\\.[0-3]\\.\\d+"));
        }
    }

    @Test
    void addressRestsForAMinuteBeforeItIsUsedAgain() {
        try (PodAddresses addresses = new PodAddresses("127.181.0.0/24", 7, () -> now)) {
            String first = addresses.take();
            addresses.giveBack(first);
            for (int i = 0; i < 253; i++) {
                assertThat(addresses.take()).isNotEqualTo(first);
            }
            now = now.plus(Duration.ofMinutes(1));
            assertThat(addresses.take()).isEqualTo(first);
            assertThatThrownBy(addresses::take)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("127.181.0.0/24");
        }
    }

    @Test
    void equalSeedsGiveEqualAddressesAndClosingGivesThemBack() {
        String first;
        try (PodAddresses addresses = new PodAddresses("127.182.0.0/20", 3, () -> now)) {
            first = addresses.take();
        }
        try (PodAddresses addresses = new PodAddresses("127.182.0.0/20", 3, () -> now)) {
            assertThat(addresses.take()).isEqualTo(first);
        }
    }

    @Test
    void insideAddressIsOneSixteenFurther() {
        assertThat(PodAddresses.inside("127.64.3.200")).isEqualTo("127.65.3.200");
    }

    @Test
    void claimedBlockIsHeldUntilItIsClosed() {
        LoopbackBlock block = LoopbackBlock.claim("127.183.0.0/24", 24, 1).orElseThrow();
        assertThat(block.cidr()).isEqualTo("127.183.0.0/24");
        assertThat(LoopbackBlock.claim("127.183.0.0/24", 24, 1)).isEmpty();
        block.close();
        LoopbackBlock.claim("127.183.0.0/24", 24, 1).orElseThrow().close();
    }

    @Test
    void rangeThatIsNotLoopbackIsRefused() {
        assertThatThrownBy(() -> LoopbackBlock.claim("10.0.0.0/16", 24, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10.0.0.0/16");
        assertThatThrownBy(() -> LoopbackBlock.claim("127.64.0.0/16", 15, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/16 to /30");
    }
}
