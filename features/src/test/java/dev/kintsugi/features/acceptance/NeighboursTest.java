package dev.kintsugi.features.acceptance;

import static dev.kintsugi.features.acceptance.Workplace.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several clusters on one machine: a build beside a cluster that a person has up. */
final class NeighboursTest {

    @Test
    void twoClustersOfOneSeedServeTheirOwnServices(@TempDir Path left, @TempDir Path right) {
        try (Workplace first = new Workplace(left, 13);
                Workplace second = new Workplace(right, 13)) {
            first.namespace("shop");
            second.namespace("shop");
            Pod ours = first.app("shop", "ours", 1).get(0);
            Pod theirs = second.app("shop", "theirs", 1).get(0);
            first.service("shop", "web", "ours");
            second.service("shop", "web", "theirs");

            first.awaitServedBy("shop", "web", name(ours));
            second.awaitServedBy("shop", "web", name(theirs));
            assertThat(ours.getStatus().getPodIP())
                    .isNotEqualTo(theirs.getStatus().getPodIP());
        }
    }
}
