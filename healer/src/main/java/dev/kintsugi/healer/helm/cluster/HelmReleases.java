package dev.kintsugi.healer.helm.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.HelmDiagnoser;
import dev.kintsugi.healer.helm.HelmDiagnoser.Finding;
import dev.kintsugi.healer.helm.HelmDiagnoser.Limits;
import dev.kintsugi.healer.helm.MalformedManifestException;
import dev.kintsugi.healer.helm.Release;
import dev.kintsugi.healer.helm.ReleaseHistory;
import dev.kintsugi.healer.helm.StoredRevision;
import dev.kintsugi.healer.helm.UnreadableReleaseException;
import dev.kintsugi.healer.helm.WorkloadHealth;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at the Helm releases of a cluster. It never writes. */
public final class HelmReleases {

    private final KubernetesClient client;
    private final Duration request;
    private final Limits limits;
    private final HelmDiagnoser diagnoser;

    /**
     * Looks through a client.
     *
     * @param request deadline of one request
     */
    public HelmReleases(KubernetesClient client, Duration request, Limits limits) {
        this.client = client;
        this.request = request;
        this.limits = limits;
        this.diagnoser = new HelmDiagnoser(limits);
    }

    /**
     * The newest revision of each release in all namespaces. The older ones are dropped page by page, for releases can be large.
     *
     * @throws IOException if the API server refuses or does not answer
     */
    public List<StoredRevision> newest() throws IOException {
        Map<String, StoredRevision> newest = new HashMap<>();
        try {
            store(api())
                    .forEachRevision(one -> newest.merge(
                            one.namespace() + "/" + one.release(), one, (a, b) -> a.version() > b.version() ? a : b));
        } catch (ApiProblem e) {
            throw new IOException("Helm releases cannot be listed: " + e.getMessage(), e);
        }
        return List.copyOf(newest.values());
    }

    /**
     * Judges one release, with its workloads if they matter.
     *
     * @param seenSince since when its newest revision was seen in its present status; null if that is not known
     * @return nothing if there is no such release
     * @throws IOException if the API server refuses or does not answer
     */
    public Optional<Finding> look(String namespace, String release, @Nullable Instant seenSince, Instant now)
            throws IOException {
        KubeApi api = api();
        try {
            List<StoredRevision> revisions = store(api).revisions(namespace, release);
            if (revisions.isEmpty()) {
                return Optional.empty();
            }
            ReleaseHistory history = new ReleaseHistory(namespace, release, revisions);
            List<WorkloadHealth> workloads =
                    HelmDiagnoser.needsWorkloads(history) ? workloads(api, history, now) : List.of();
            return Optional.of(diagnoser.diagnose(history, workloads, seenSince, now));
        } catch (ApiProblem e) {
            throw new IOException(
                    "Helm release %s/%s cannot be looked at: %s".formatted(namespace, release, e.getMessage()), e);
        }
    }

    /** What cannot be read has no workloads that are known. */
    private List<WorkloadHealth> workloads(KubeApi api, ReleaseHistory history, Instant now) throws ApiProblem {
        List<WorkloadHealth> workloads = new ArrayList<>();
        try {
            Release release = history.newest().read();
            for (Located one : Located.in(release.manifest(), release.namespace(), api)) {
                if (WorkloadHealth.concerns(one.object())) {
                    Optional<ObjectNode> live = api.find(one.path());
                    workloads.add(
                            WorkloadHealth.of(one.object(), live.orElse(null), release.lastDeployed(), limits, now));
                }
            }
        } catch (UnreadableReleaseException | MalformedManifestException e) {
            return List.of();
        }
        return workloads;
    }

    private KubeApi api() {
        return new KubeApi(client, request, () -> false);
    }

    private static ReleaseStore store(KubeApi api) {
        return new ReleaseStore(api, Pace.REAL);
    }
}
