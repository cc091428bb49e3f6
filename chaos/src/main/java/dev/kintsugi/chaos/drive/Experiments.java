package dev.kintsugi.chaos.drive;

import dev.kintsugi.chaos.guard.Health;
import dev.kintsugi.chaos.guard.Plan;
import dev.kintsugi.chaos.guard.Planner;
import dev.kintsugi.chaos.guard.Surroundings;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.ChaosDriver;
import dev.kintsugi.chaos.mesh.Lease;
import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.Outcome;
import dev.kintsugi.chaos.mesh.Reference;
import dev.kintsugi.chaos.mesh.Removal;
import dev.kintsugi.chaos.mesh.Tree;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one does with manifests on a cluster: read what they would hit, apply them, look after them, take them out again. */
public final class Experiments implements AutoCloseable {
    /** Annotation with the seed from which the victims were drawn. */
    public static final String SEED = "kintsugi.dev/seed";

    private static final Duration LEASE_PATIENCE = Duration.ofSeconds(10);

    /** When an experiment ends though nobody asks for it. */
    public enum End {
        /** When the driver has not been heard of for {@link Lease#TERM}. */
        WITH_DRIVER,
        /** A little after its duration, whatever becomes of the driver. */
        WITH_DURATION,
        /** Never: not to be had but by asking for it. */
        NEVER
    }

    /**
     * An experiment that was tried.
     *
     * @param lease under which it stands; null when it has none
     */
    public record Attempt(Outcome outcome, @Nullable Lease lease) {

        /** The resource, when there is one. */
        public Optional<Reference> reference() {
            return outcome.created();
        }
    }

    private final Connection connection;
    private final ChaosDriver driver;

    public Experiments(Connection connection) {
        this.connection = connection;
        this.driver = new ChaosDriver(connection.client(), System::nanoTime);
    }

    /** The cluster as far as it bears on these manifests. */
    public Surroundings surroundings(Collection<Manifest> manifests) {
        return new ClusterReader(connection.client()).read(manifests);
    }

    /** How the cluster is, as far as an experiment may hurt more than its targets. */
    public Health health(Plan plan) {
        return new ClusterReader(connection.client()).health(Planner.namespaces(plan.manifest()));
    }

    /**
     * Carries out a plan.
     *
     * @param end when it ends by itself
     * @param patience how long to wait until it is injected
     */
    public Attempt apply(Plan plan, End end, Duration patience) throws InterruptedException {
        GenericKubernetesResource resource = resource(plan);
        Lease lease = null;
        if (end != End.NEVER) {
            try {
                lease = lease(plan, end);
                resource.getMetadata().setOwnerReferences(List.of(lease.owner()));
            } catch (Lease.Unavailable e) {
                if (!endsByItself(plan.manifest())) {
                    return new Attempt(
                            new Outcome.Refused("nothing would end " + plan.manifest() + " if this process died: "
                                    + e.getMessage() + "; be allowed to create, get, patch and delete jobs in "
                                    + plan.manifest().namespace() + ", give it a duration of at most "
                                    + Lease.GONE_WITHIN.toSeconds() + "s, or --no-lease"),
                            null);
                }
            }
        }
        Outcome outcome = driver.apply(
                resource, plan.victims().stream().map(member -> member.pod()).toList(), patience);
        if (outcome.created().isEmpty() && lease != null) {
            lease.close();
            return new Attempt(outcome, null);
        }
        return new Attempt(outcome, lease);
    }

    private Lease lease(Plan plan, End end) throws Lease.Unavailable, InterruptedException {
        Duration term =
                end == End.WITH_DRIVER ? Lease.TERM : longest(plan.manifest()).plus(Lease.GONE_WITHIN);
        Lease lease = Lease.take(
                connection.client(), System::nanoTime, plan.manifest().namespace(), Lease.self(), term, LEASE_PATIENCE);
        return end == End.WITH_DRIVER ? lease.hold() : lease;
    }

    private static Duration longest(Manifest manifest) {
        return manifest.parts().stream()
                .flatMap(part -> part.duration().stream())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private static boolean endsByItself(Manifest manifest) {
        return manifest.parts().stream()
                .allMatch(part -> part.setting() == Part.Setting.EXPERIMENT
                        && Lease.isNeedless(part.isOneShot(), part.duration().orElse(null)));
    }

    private static GenericKubernetesResource resource(Plan plan) {
        Manifest manifest = plan.manifest();
        Tree metadata = manifest.tree().at("metadata");
        GenericKubernetesResource resource = new GenericKubernetesResource();
        resource.setApiVersion(Manifests.GROUP + "/" + Manifests.VERSION);
        resource.setKind(manifest.kind());
        resource.setMetadata(new ObjectMetaBuilder()
                .withName(
                        manifest.name().isEmpty()
                                ? metadata.at("generateName").text("") + Long.toString(System.nanoTime(), 36)
                                : manifest.name())
                .withNamespace(manifest.namespace())
                .withLabels(metadata.at("labels").textMap())
                .addToLabels(Manifests.MANAGED_BY, Manifests.KINTSUGI)
                .withAnnotations(metadata.at("annotations").textMap())
                .addToAnnotations(SEED, Long.toString(plan.seed()))
                .build());
        resource.setAdditionalProperty("spec", Planner.pin(plan).get("spec"));
        return resource;
    }

    /** Everything that Kintsugi created and that is still there, by namespace and name. */
    public List<Standing> list() {
        try {
            List<Standing> all = new ArrayList<>();
            for (String kind : new ClusterReader(connection.client()).kinds()) {
                if (kind.endsWith("Chaos") || kind.equals("Schedule") || kind.equals("Workflow")) {
                    connection
                            .client()
                            .genericKubernetesResources(Manifests.context(kind))
                            .inAnyNamespace()
                            .withLabel(Manifests.MANAGED_BY, Manifests.KINTSUGI)
                            .list()
                            .getItems()
                            .forEach(resource -> all.add(Standing.of(resource)));
                }
            }
            all.sort(Comparator.comparing(
                            (Standing standing) -> standing.reference().namespace())
                    .thenComparing(standing -> standing.reference().name())
                    .thenComparing(standing -> standing.reference().kind()));
            return all;
        } catch (KubernetesClientException e) {
            throw new ClusterFailure("the experiments of the cluster at " + connection.url() + " cannot be read", e);
        }
    }

    /** One of them as it is now; empty when it is gone. */
    public Optional<Standing> look(Reference reference) {
        try {
            GenericKubernetesResource seen = connection
                    .client()
                    .genericKubernetesResources(Manifests.context(reference.kind()))
                    .inNamespace(reference.namespace())
                    .withName(reference.name())
                    .get();
            return Optional.ofNullable(seen)
                    .map(Standing::of)
                    .filter(standing -> reference.uid().isEmpty()
                            || standing.reference().uid().equals(reference.uid()));
        } catch (KubernetesClientException e) {
            throw new ClusterFailure(reference + " cannot be read", e);
        }
    }

    /**
     * Removes one and waits until its fault has been taken back.
     *
     * @param force let it go even if its controllers cannot take the fault back, which may then stay behind
     */
    public Removal remove(Reference reference, boolean force, Duration patience) throws InterruptedException {
        return force ? driver.forceRemove(reference, patience) : driver.remove(reference, patience);
    }

    @Override
    public void close() {
        driver.close();
    }
}
