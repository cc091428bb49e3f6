package dev.kintsugi.features.cluster.existing;

import dev.kintsugi.features.cluster.ChaosMesh;
import dev.kintsugi.features.cluster.existing.Finding.Level;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Says before a run whether it can take place on a cluster, what will be left out of it, and what would help. */
public final class Doctor {

    /** Oldest minor version with every API that is used ({@code discovery.k8s.io/v1}, {@code policy/v1}). */
    private static final int OLDEST_MINOR = 21;

    private static final int SPOKEN_MINOR = 28;
    private static final int TRIED_ON_EITHER_SIDE = 4;
    private static final Duration SKEW_NOTED = Duration.ofSeconds(2);
    private static final Duration SKEW_HARMFUL = Duration.ofSeconds(30);
    private static final String CHAOS_MESH = "Chaos Mesh";

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Supplier<ChaosMesh> chaosMesh;
    private final Predicate<Permission> allowed;

    /** @param chaosMesh what is seen of Chaos Mesh */
    public Doctor(KubernetesClient client, InstantSource clock, Supplier<ChaosMesh> chaosMesh) {
        this(client, clock, chaosMesh, permission -> isAllowed(client, permission));
    }

    Doctor(KubernetesClient client, InstantSource clock, Supplier<ChaosMesh> chaosMesh, Predicate<Permission> allowed) {
        this.client = client;
        this.clock = clock;
        this.chaosMesh = chaosMesh;
        this.allowed = allowed;
    }

    /** Everything that can be found out without changing anything. */
    public List<Finding> examine() {
        ChaosMesh mesh = chaosMesh.get();
        List<Finding> findings = new ArrayList<>();
        findings.add(checked("server", this::server));
        findings.add(checked("nodes", this::nodes));
        findings.addAll(permissions(mesh));
        findings.add(mesh(mesh));
        if (mesh.missingDefinitions().isEmpty() && !mesh.emulated()) {
            findings.addAll(daemons(mesh));
        }
        findings.add(checked("namespaces", this::namespaces));
        findings.add(checked("clock", this::clock));
        return List.copyOf(findings);
    }

    /** And whether the nodes can run the sample app, by running it once in a namespace of its own. */
    public Finding tryImage(String image, Duration patience) {
        return new ImageTrial(client, image).run(patience);
    }

    private static Finding checked(String subject, Supplier<Finding> check) {
        try {
            return check.get();
        } catch (KubernetesClientException e) {
            return Finding.fail(
                    subject,
                    "cannot be looked at: " + ConnectionFailure.told(e),
                    "see to it that the API server answers");
        }
    }

    private Finding server() {
        VersionInfo version = client.getKubernetesVersion();
        String text = "Kubernetes " + version.getGitVersion() + " at "
                + client.getMasterUrl().toString().replaceFirst("//[^/@]*@", "//");
        int minor = minor(version.getMinor());
        if (minor < OLDEST_MINOR) {
            return Finding.fail("server", text, "Kubernetes 1." + OLDEST_MINOR + " or newer is needed");
        }
        return Math.abs(minor - SPOKEN_MINOR) > TRIED_ON_EITHER_SIDE
                ? Finding.warn("server", text, "far from 1." + SPOKEN_MINOR + ", which Kintsugi speaks; mind surprises")
                : Finding.ok("server", text);
    }

    /** Some vendors say {@code 28+}. */
    private static int minor(String minor) {
        String digits = minor.replaceAll("\\D", "");
        return digits.isEmpty() ? SPOKEN_MINOR : Integer.parseInt(digits);
    }

    private Finding nodes() {
        List<Node> nodes = client.nodes().list().getItems();
        List<String> unready = nodes.stream()
                .filter(node -> node.getStatus().getConditions().stream()
                        .noneMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True")))
                .map(node -> node.getMetadata().getName())
                .toList();
        if (unready.size() == nodes.size()) {
            return Finding.fail("nodes", "none of " + nodes.size() + " is ready", "bring a node up");
        }
        return unready.isEmpty()
                ? Finding.ok("nodes", nodes.size() + ", all ready")
                : Finding.warn("nodes", "not ready: " + String.join(", ", unready), "bring them up, or drain them");
    }

    private List<Finding> permissions(ChaosMesh mesh) {
        List<Permission> needed = new ArrayList<>(Permission.always());
        boolean experiments = mesh.missingDefinitions().isEmpty();
        if (experiments) {
            needed.addAll(Permission.chaosMesh());
        }
        try {
            List<Permission> lacking = needed.stream().filter(allowed.negate()).toList();
            List<Permission> noProxy =
                    Permission.proxy().stream().filter(allowed.negate()).toList();
            List<Finding> findings = new ArrayList<>();
            findings.add(
                    lacking.isEmpty()
                            ? Finding.ok("permissions", "all " + needed.size() + " that a run uses")
                            : Finding.fail(
                                    "permissions",
                                    "you may not " + list(lacking),
                                    "have them granted by a ClusterRole, or use a context that has them"));
            if (!noProxy.isEmpty()) {
                findings.add(Finding.warn(
                        "proxy",
                        "you may not " + list(noProxy),
                        "without them users' requests must get in by --reach direct or --reach URL"));
            }
            List<Permission> noFigures =
                    Permission.figures().stream().filter(allowed.negate()).toList();
            if (experiments && !noFigures.isEmpty()) {
                findings.add(Finding.warn(
                        "figures",
                        "you may not " + list(noFigures),
                        "without it stress is proven by what it ends, not by the memory and CPU time that it takes"));
            }
            return findings;
        } catch (KubernetesClientException e) {
            return List.of(Finding.fail(
                    "permissions",
                    "cannot be asked for: " + ConnectionFailure.told(e),
                    "use credentials that the server accepts"));
        }
    }

    private static String list(List<Permission> permissions) {
        return permissions.stream().map(Permission::toString).collect(Collectors.joining(", "));
    }

    private static boolean isAllowed(KubernetesClient client, Permission permission) {
        SelfSubjectAccessReview review = client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withGroup(permission.group())
                        .withResource(permission.plural())
                        .withSubresource(permission.subresource())
                        .withVerb(permission.verb())
                        .endResourceAttributes()
                        .endSpec()
                        .build());
        return Boolean.TRUE.equals(review.getStatus().getAllowed());
    }

    private static Finding mesh(ChaosMesh mesh) {
        if (mesh.emulated()) {
            return Finding.ok(CHAOS_MESH, "emulated by Kintsugi's embedded cluster, netem too");
        }
        if (!mesh.missingDefinitions().isEmpty()) {
            return Finding.warn(
                    CHAOS_MESH,
                    "not installed (no " + String.join(", ", mesh.missingDefinitions()) + ")",
                    "pods can be killed all the same; for the rest: helm install chaos-mesh chaos-mesh --repo"
                            + " https://charts.chaos-mesh.org -n chaos-mesh --create-namespace");
        }
        if (!mesh.controllersReady()) {
            return Finding.warn(
                    CHAOS_MESH,
                    mesh.version() == null
                            ? "resources without a controller"
                            : mesh.version() + ", no controller ready",
                    "kubectl -n chaos-mesh get pods shows why; until then all but killing pods is skipped");
        }
        return Finding.ok(
                CHAOS_MESH,
                mesh.version()
                        + (mesh.filtersNamespaces() ? ", in annotated namespaces only (those of a run are)" : ""));
    }

    private static List<Finding> daemons(ChaosMesh mesh) {
        Map<ChaosMesh.Daemon, List<String>> nodes = new TreeMap<>();
        mesh.daemons().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(node -> nodes.computeIfAbsent(
                        node.getValue(), state -> new ArrayList<>())
                .add(node.getKey()));
        return nodes.entrySet().stream()
                .map(state -> daemon(state.getKey(), String.join(", ", state.getValue())))
                .toList();
    }

    private static Finding daemon(ChaosMesh.Daemon state, String nodes) {
        String found = nodes + ": " + state.text();
        return switch (state) {
            case READY -> Finding.ok("daemon", found);
            case NETEM_UNKNOWN ->
                Finding.warn("daemon", found, "allow pods/exec in Chaos Mesh's namespace, and it can be tried");
            case NO_NETEM ->
                Finding.warn(
                        "daemon", found, "modprobe sch_netem on the node (package kernel-modules-extra or the like)");
            case NOT_READY, ABSENT ->
                Finding.warn(
                        "daemon",
                        found,
                        "kubectl -n chaos-mesh get pods -o wide shows why; faults cannot be put on pods there");
        };
    }

    /** A run makes its own; what is in the others it leaves alone, and so does its healer. */
    private Finding namespaces() {
        List<String> left =
                client.namespaces().withLabel("app.kubernetes.io/managed-by", "kintsugi").list().getItems().stream()
                        .map(namespace -> namespace.getMetadata().getName())
                        .toList();
        int others = client.namespaces().list().getItems().size() - left.size();
        return left.isEmpty()
                ? Finding.ok("namespaces", others + " are there and protected; a run makes its own")
                : Finding.warn(
                        "namespaces",
                        "of other runs: " + String.join(", ", left),
                        "if none is under way: kubectl delete namespace -l app.kubernetes.io/managed-by=kintsugi");
    }

    /** The API server stamps what it would create. Its stamps are whole seconds, so the truth is within an interval. */
    private Finding clock() {
        Instant before = clock.instant();
        Namespace stamped = client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("kintsugi-clock-" + Long.toString(before.toEpochMilli(), Character.MAX_RADIX))
                        .endMetadata()
                        .build())
                .dryRun(true)
                .create();
        Instant after = clock.instant();
        Instant stamp = Instant.parse(stamped.getMetadata().getCreationTimestamp());
        Duration least = Duration.between(after, stamp);
        Duration most = Duration.between(before, stamp.plusSeconds(1));
        if (!isPositive(least) && !most.isNegative()) {
            return Finding.ok("clock", "as this machine's, within a second");
        }
        Duration skew = isPositive(least) ? least : most;
        String found =
                "the API server's is " + skew.abs().toMillis() + " ms " + (isPositive(least) ? "ahead" : "behind");
        if (skew.abs().compareTo(SKEW_NOTED) < 0) {
            return Finding.ok("clock", found);
        }
        String fix = "set both by NTP; recoveries are measured on one clock all the same, but the healer judges ages";
        return new Finding(skew.abs().compareTo(SKEW_HARMFUL) < 0 ? Level.WARN : Level.FAIL, "clock", found, fix);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }
}
