package dev.kintsugi.features.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {

    private static final Capabilities WITHOUT_NETEM = Capabilities.ALL.without(Capability.NETEM, "node-2 has none");

    @Test
    void whatIsNeededAndMissingIsAnObstacleWithItsReason() {
        assertThat(WITHOUT_NETEM.obstacle(List.of("@mission", "@needs-netem")))
                .contains("needs netem on every node: node-2 has none");
    }

    @Test
    void whatIsMissingAndNotNeededIsNone() {
        assertThat(WITHOUT_NETEM.obstacle(List.of("@mission", "@needs-chaos-mesh")))
                .isEmpty();
        assertThat(Capabilities.ALL.obstacle(List.of("@needs-chaos-mesh", "@needs-netem")))
                .isEmpty();
    }

    @Test
    void onlyTheFirstObstacleIsTold() {
        Capabilities neither = WITHOUT_NETEM.without(Capability.CHAOS_MESH, "it is not installed");
        assertThat(neither.obstacle(List.of("@needs-netem", "@needs-chaos-mesh")))
                .contains("needs Chaos Mesh: it is not installed");
    }

    @Test
    void misspeltNeedIsFound() {
        assertThat(Capabilities.unknown(List.of("@mission", "@needs-netem", "@needs-chaosmesh")))
                .containsExactly("@needs-chaosmesh");
    }
}
