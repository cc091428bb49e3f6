package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.Pods;
import dev.kintsugi.chaos.webhook.Webhook;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A hundred random valid resources and as many invalid ones, over all kinds. */
class EveryKindTest {
    private static final int MANY = 100;
    private static final Map<String, String> PLURALS = Map.of(
            "Schedule", "schedules",
            "Workflow", "workflows",
            "StatusCheck", "statuschecks");
    private static final Set<Kind> NOT_EMULATED =
            Set.of(Kind.IO_CHAOS, Kind.DNS_CHAOS, Kind.TIME_CHAOS, Kind.KERNEL_CHAOS, Kind.JVM_CHAOS);

    @Test
    void validResourcesFitThePublishedSchemasAndPass() {
        RandomManifests manifests = new RandomManifests(7);
        Set<String> kinds = new HashSet<>();
        for (int i = 0; i < 3 * MANY; i++) {
            Map<String, Object> resource = manifests.next();
            String kind = String.valueOf(resource.get("kind"));
            kinds.add(kind);
            assertThat(SchemaCheck.problems(plural(kind), resource))
                    .as("%s", resource)
                    .isEmpty();
            Webhook.Review review = review(resource);
            assertThat(review).as("%s", resource).isInstanceOf(Webhook.Review.Admitted.class);
            assertThat(SchemaCheck.problems(plural(kind), ((Webhook.Review.Admitted) review).resource()))
                    .isEmpty();
        }
        assertThat(kinds).containsExactlyInAnyOrderElementsOf(RandomManifests.KINDS);
    }

    @Test
    void invalidResourcesAreRefusedWithTheMessageOfTheRuleTheyBreak() {
        RandomManifests manifests = new RandomManifests(11);
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < MANY + Spoiler.ALL.size(); i++) {
            Spoiler spoiler = Spoiler.ALL.get(i < Spoiler.ALL.size() ? i : random.nextInt(Spoiler.ALL.size()));
            Map<String, Object> resource = manifests.next(spoiler.kind());
            Map<String, Object> spec = new HashMap<>(new Tree(resource.get("spec")).map());
            spoiler.spoil().accept(spec);
            resource.put("spec", spec);

            assertThat(review(resource))
                    .as("%s", resource)
                    .isInstanceOfSatisfying(Webhook.Review.Rejected.class, rejected -> assertThat(rejected.errors())
                            .contains(spoiler.message()));
        }
    }

    @Test
    void validExperimentsInjectAndRecoverWithoutResidue() {
        RandomManifests manifests = new RandomManifests(13);
        List<String> experiments = RandomManifests.KINDS.subList(0, Kind.values().length);
        Set<Kind> injected = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            Map<String, Object> resource = manifests.next(experiments.get(i % experiments.size()));
            Kind kind = Kind.of(String.valueOf(resource.get("kind"))).orElseThrow();
            Map<String, Object> spec = new Tree(((Webhook.Review.Admitted) review(resource))
                            .resource()
                            .get("spec"))
                    .map();
            Simulation simulation = new Simulation(
                    kind,
                    spec,
                    Pods.running("shop", "web-0"),
                    Pods.running("shop", "web-1"),
                    Pods.running("shop", "web-2"));
            simulation.settle();

            if (NOT_EMULATED.contains(kind)) {
                assertThat(simulation.status().targets())
                        .as("%s", spec)
                        .isNotEmpty()
                        .allSatisfy(record -> assertThat(
                                        record.lastFailure().orElseThrow().message())
                                .startsWith(kind.text() + " is not emulated: "));
                assertThat(simulation.notes)
                        .anyMatch(note -> note.startsWith("Failed: Failed to apply chaos: " + kind.text()));
            } else {
                assertThat(simulation.status().isInjected())
                        .as("%s %s", spec, simulation.notes)
                        .isTrue();
                injected.add(kind);
            }
            recover(simulation, spec);
            assertThat(simulation.daemon.inForce).as("%s", spec).isEmpty();
        }
        assertThat(injected).hasSize(Kind.values().length - NOT_EMULATED.size());
    }

    /** By its duration where it has one that counts, then by deletion. */
    private static void recover(Simulation simulation, Map<String, Object> spec) {
        String duration = new Tree(spec).at("duration").text("");
        if (!duration.isEmpty() && !simulation.chaos.isOneShot()) {
            simulation.advance(GoDuration.parse(duration).plus(Duration.ofMillis(1)));
            assertThat(simulation.status().isRecovered()).as("%s", spec).isTrue();
            assertThat(simulation.daemon.inForce).as("%s", spec).isEmpty();
        }
        simulation.delete();
        assertThat(simulation.isGone()).as("%s", spec).isTrue();
        assertThat(simulation.daemon.calls.stream().filter(call -> call.startsWith("swap")))
                .hasSameSizeAs(simulation.daemon.calls.stream()
                        .filter(call -> call.startsWith("restore"))
                        .toList());
    }

    private static Webhook.Review review(Map<String, Object> resource) {
        return Webhook.review(Webhook.Operation.CREATE, resource, null, Simulation.START);
    }

    private static String plural(String kind) {
        return Kind.of(kind).map(Kind::plural).orElseGet(() -> PLURALS.getOrDefault(kind, kind));
    }
}
