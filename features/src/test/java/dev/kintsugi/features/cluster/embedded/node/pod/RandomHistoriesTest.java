package dev.kintsugi.features.cluster.embedded.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Answer;
import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Outcome;
import dev.kintsugi.features.cluster.embedded.node.pod.VirtualNode.Script;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever happens to a pod, in whatever order: it comes back while it may, and goes for good once it is deleted. */
final class RandomHistoriesTest {

    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());
    private static final int HISTORIES = 60;

    @Test
    void podRecoversFromEverythingAndGoesWhenItIsDeleted() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            VirtualNode node =
                    new VirtualNode(pod(), Map.of("web", n -> Script.serves(), "side", n -> side(random)), seed);
            for (int i = 0; i < 12; i++) {
                node.pass(Duration.ofMillis(random.nextInt(4_000)));
                disturb(node, random);
            }
            node.answers.clear();
            node.pass(Duration.ofMinutes(12));
            assertThat(node.runs("web")).as("seed %s", seed).isTrue();
            assertThat(node.sequence()).as("seed %s", seed).last().asString().contains("web:running", "ready started");

            long grace = random.nextInt(3);
            node.delete(grace);
            if (random.nextBoolean()) {
                node.pass(Duration.ofMillis(random.nextInt(500)));
                kill(node, "web");
            }
            node.pass(Duration.ofSeconds(30 + grace));
            assertThat(node.gone).as("seed %s", seed).isTrue();
            assertThat(List.of(node.runs("web"), node.runs("side")))
                    .as("seed %s", seed)
                    .containsOnly(false);
        }
    }

    private static Script side(SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> Script.exits(random.nextInt(2), Duration.ofMillis(random.nextInt(20_000)));
            case 1 -> Script.ignoresTerm();
            default -> Script.serves();
        };
    }

    private static void disturb(VirtualNode node, SplittableRandom random) {
        Answer answer = new Answer(OUTCOMES.get(random.nextInt(OUTCOMES.size())), "whatever");
        switch (random.nextInt(4)) {
            case 0 -> kill(node, "web");
            case 1 -> kill(node, "side");
            case 2 -> node.answers.put(ProbeKind.LIVENESS, answer);
            default -> node.answers.put(ProbeKind.READINESS, answer);
        }
    }

    private static void kill(VirtualNode node, String container) {
        if (node.runs(container)) {
            node.kill(container, "Error");
        }
    }

    private static Pod pod() {
        Probe probe =
                new ProbeBuilder().withPeriodSeconds(2).withFailureThreshold(2).build();
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("p")
                .withUid("u-1")
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(5L)
                .addNewContainer()
                .withName("web")
                .withImage("app:1")
                .withLivenessProbe(probe)
                .withReadinessProbe(probe)
                .endContainer()
                .addNewContainer()
                .withName("side")
                .withImage("app:1")
                .endContainer()
                .endSpec()
                .build();
    }
}
