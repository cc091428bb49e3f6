package dev.kintsugi.features.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.chaos.emulation.RandomManifests;
import dev.kintsugi.chaos.emulation.RandomManifests.Place;
import dev.kintsugi.chaos.emulation.SchemaCheck;
import dev.kintsugi.chaos.emulation.Spoiler;
import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.Tree;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred random experiments as custom resources, from the webhook to the removal of their finalizers, on real processes; and a
 * hundred that break a rule.
 */
final class RandomExperimentsTest {

    private static final List<String> EMULATED = List.of("PodChaos", "NetworkChaos", "StressChaos", "HTTPChaos");
    private static final List<String> REFUSED = List.of("IOChaos", "DNSChaos", "TimeChaos", "KernelChaos", "JVMChaos");
    private static final int MANY = 100;
    private static final int TIMED = 12;
    private static final int AT_ONCE = 22;
    private static final String DURATION = "10s";

    private static final List<String> FOR_TIMED =
            IntStream.range(0, TIMED).mapToObj(i -> "timed-" + i).toList();
    private static final List<String> FOR_DELETED =
            IntStream.range(0, AT_ONCE).mapToObj(i -> "deleted-" + i).toList();
    private static final List<String> PLACES =
            Stream.concat(FOR_TIMED.stream(), FOR_DELETED.stream()).toList();

    @SuppressWarnings("NullAway.Init") // before all
    private static MeshCluster cluster;

    @BeforeAll
    static void start(@TempDir Path folder) {
        cluster = new MeshCluster(folder, 17, MeshCluster.Parts.sleepy(false));
        PLACES.forEach(place -> cluster.victims(place, Map.of()));
        cluster.awaitVictims(PLACES);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void hundredValidOnesAreInjectedAndRecoverWithoutResidue() {
        List<GenericKubernetesResource> timed = create(FOR_TIMED, 0, List.of(DURATION));
        int done = TIMED;
        for (; done < MANY; done += AT_ONCE) {
            List<GenericKubernetesResource> batch = create(FOR_DELETED, done, List.of());
            awaitStatus(batch, Status::isInjected);
            batch.forEach(cluster::delete);
            awaitGone(batch);
            assertThat(inForceAt(FOR_DELETED)).isEmpty();
            cluster.awaitVictims(PLACES);
        }
        assertThat(done).isEqualTo(MANY);

        awaitStatus(timed, RandomExperimentsTest::isOver);
        assertThat(cluster.inForce()).as("after the last duration").isEmpty();
        timed.forEach(cluster::delete);
        awaitGone(timed);
        cluster.awaitVictims(PLACES);
        assertThat(cluster.client().pods().inAnyNamespace().list().getItems())
                .as("images and annotations are as they were")
                .allSatisfy(pod -> {
                    assertThat(pod.getSpec().getContainers().get(0).getImage()).isEqualTo("sleeper");
                    assertThat(annotations(pod)).noneMatch(key -> key.startsWith("chaos-mesh"));
                });
    }

    /** One-shot kinds stay injected; of the others each target has had its fault once, and it was taken back once. */
    private static boolean isOver(Status status) {
        return status.targets().stream()
                        .allMatch(record -> record.injectedCount() == 1
                                && (Status.RUN.equals(status.desiredPhase()) || record.recoveredCount() == 1))
                && (status.isRecovered() || Status.RUN.equals(status.desiredPhase()));
    }

    @Test
    void whatAProcessCannotHonestlyDoIsNotInjectedAndSaysWhyAndGoes() {
        List<GenericKubernetesResource> batch = new ArrayList<>();
        for (int i = 0; i < REFUSED.size(); i++) {
            batch.add(
                    cluster.create(new RandomManifests(i, place(FOR_DELETED.get(i), List.of())).next(REFUSED.get(i))));
        }
        awaitStatus(
                batch,
                status -> !status.targets().isEmpty()
                        && status.targets().stream()
                                .allMatch(record -> record.isNotInjected()
                                        && record.lastFailure()
                                                .filter(failure ->
                                                        failure.message().contains("is not emulated: "))
                                                .isPresent()));
        batch.forEach(cluster::delete);
        awaitGone(batch);
    }

    @Test
    void hundredInvalidOnesAreRefusedWithTheMessageOfTheRuleTheyBreak() {
        SplittableRandom random = new SplittableRandom(23);
        RandomManifests manifests = new RandomManifests(23, place(FOR_DELETED.get(0), List.of()));
        int byWebhook = 0;
        for (int i = 0; i < Math.max(MANY, Spoiler.ALL.size()); i++) {
            Spoiler spoiler = Spoiler.ALL.get(i < Spoiler.ALL.size() ? i : random.nextInt(Spoiler.ALL.size()));
            Map<String, Object> resource = manifests.next(spoiler.kind());
            Map<String, Object> spec = new HashMap<>(new Tree(resource.get("spec")).map());
            spoiler.spoil().accept(spec);
            resource.put("spec", spec);

            KubernetesClientException refusal =
                    catchThrowableOfType(KubernetesClientException.class, () -> cluster.create(resource));

            assertThat(refusal).as("%s", resource).isNotNull();
            String message = refusal.getStatus().getMessage();
            List<String> misshapen = SchemaCheck.problems(plural(spoiler.kind()), resource);
            if (misshapen.isEmpty()) {
                byWebhook++;
                assertThat(refusal.getCode()).as(message).isEqualTo(403);
                assertThat(message)
                        .startsWith("admission webhook \"v" + spoiler.kind().toLowerCase(Locale.ROOT)
                                + ".kb.io\" denied the request: ")
                        .contains(spoiler.message());
            } else {
                assertThat(refusal.getCode()).as(message).isEqualTo(422);
                assertThat(misshapen).as(message).anyMatch(problem -> message.replaceAll("\\[\\d+]", "")
                        .contains(field(problem)));
            }
        }
        assertThat(byWebhook).as("refused by a rule, not by the schema").isGreaterThan(MANY / 2);
        Spoiler.ALL.stream().map(Spoiler::kind).distinct().forEach(kind -> assertThat(cluster.all(kind))
                .isEmpty());
    }

    private static List<GenericKubernetesResource> create(List<String> places, int first, List<String> durations) {
        List<GenericKubernetesResource> batch = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Map<String, Object> resource = new RandomManifests(first + i, place(places.get(i), durations))
                    .next(EMULATED.get((first + i) % EMULATED.size()));
            Map<String, Object> spec = new HashMap<>(new Tree(resource.get("spec")).map());
            if (durations.isEmpty()) {
                spec.remove("duration");
            } else {
                spec.put("duration", durations.get(0));
            }
            resource.put("spec", spec);
            batch.add(cluster.create(resource));
        }
        return batch;
    }

    private static Place place(String namespace, List<String> durations) {
        return new Place(
                namespace,
                "127.64.0.0/16",
                List.of(8080),
                durations.isEmpty() ? List.of("1h") : durations,
                List.of("32MiB", "20%", "48MB", "10B"));
    }

    private static void awaitStatus(List<GenericKubernetesResource> batch, Predicate<Status> condition) {
        await("status").atMost(MeshCluster.PATIENCE).untilAsserted(() -> assertThat(present(batch))
                .hasSameSizeAs(batch)
                .allSatisfy(resource -> {
                    Status status = Status.of(
                            new Tree(resource.getAdditionalProperties().get("status")));
                    assertThat(condition.test(status))
                            .as("%s %s", resource.getAdditionalProperties(), status.describe())
                            .isTrue();
                }));
    }

    private static void awaitGone(List<GenericKubernetesResource> batch) {
        await("gone, finalizers and all").atMost(MeshCluster.PATIENCE).untilAsserted(() -> assertThat(present(batch))
                .isEmpty());
    }

    private static List<GenericKubernetesResource> present(List<GenericKubernetesResource> batch) {
        List<String> uids =
                batch.stream().map(resource -> resource.getMetadata().getUid()).toList();
        return batch.stream()
                .map(GenericKubernetesResource::getKind)
                .distinct()
                .flatMap(kind -> cluster.all(kind).stream())
                .filter(resource -> uids.contains(resource.getMetadata().getUid()))
                .toList();
    }

    private static List<String> inForceAt(List<String> places) {
        return cluster.inForce().stream()
                .filter(line -> places.stream().anyMatch(place -> line.contains(place + "/")))
                .toList();
    }

    private static List<String> annotations(Pod pod) {
        return List.copyOf(Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.<String, String>of())
                .keySet());
    }

    private static String plural(String kind) {
        String lower = kind.toLowerCase(Locale.ROOT);
        return lower.endsWith("chaos") ? lower : lower + "s";
    }

    /** {@code spec.target} of {@code /spec/target is none of the allowed: Both}. */
    private static String field(String problem) {
        return problem.substring(1, problem.indexOf(' ')).replace('/', '.').replaceAll("\\[]", "");
    }
}
