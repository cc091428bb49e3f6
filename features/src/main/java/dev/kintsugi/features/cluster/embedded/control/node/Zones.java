package dev.kintsugi.features.cluster.embedded.control.node;

import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import io.fabric8.kubernetes.api.model.Node;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How fast nodes that are not ready may be emptied, by how many of their zone are not: at the usual rate; if at least 55 % and more than
 * two are not, ten times slower in a zone of more than 50 nodes and not at all in a smaller one; at the usual rate if none is ready. If
 * no node of any zone is ready, nothing is emptied anywhere, for then it is more likely that this side is cut off.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/architecture/nodes/#rate-limits-on-eviction">Rate limits on eviction</a>
 */
final class Zones {

    private static final double UNHEALTHY_SHARE = 0.55;
    private static final int FEW_UNHEALTHY = 2;
    private static final int SMALL = 50;
    private static final int SLOWER = 10;

    private record Zone(int ready, int notReady) {}

    private final Map<String, Zone> zones = new HashMap<>();

    Zones(World world) {
        for (Node node : world.all(Node.class)) {
            boolean ready = NodeTaints.isReady(node);
            zones.merge(
                    zone(node),
                    new Zone(ready ? 1 : 0, ready ? 0 : 1),
                    (sum, one) -> new Zone(sum.ready + one.ready, sum.notReady + one.notReady));
        }
    }

    /** The zone of a node: its region and zone labels together. */
    static String zone(Node node) {
        Map<String, String> labels = Selectors.labels(node);
        return labels.getOrDefault("topology.kubernetes.io/region", "") + "/"
                + labels.getOrDefault("topology.kubernetes.io/zone", "");
    }

    /** Whether no node at all is ready. */
    boolean allAreDown() {
        return zones.values().stream().allMatch(zone -> zone.ready == 0);
    }

    /** The time between two nodes of this node's zone being emptied; empty if none is to be. */
    Optional<Duration> pace(Node node, Duration usual) {
        Zone zone = zones.getOrDefault(zone(node), new Zone(0, 0));
        int size = zone.ready + zone.notReady;
        boolean partial =
                zone.ready > 0 && zone.notReady > FEW_UNHEALTHY && (double) zone.notReady / size >= UNHEALTHY_SHARE;
        if (allAreDown() || (partial && size <= SMALL)) {
            return Optional.empty();
        }
        return Optional.of(partial ? usual.multipliedBy(SLOWER) : usual);
    }
}
