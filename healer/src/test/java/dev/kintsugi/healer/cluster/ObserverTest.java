package dev.kintsugi.healer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.healer.model.Dependency;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
final class ObserverTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    private final Set<String> changedPods = ConcurrentHashMap.newKeySet();
    private final Set<String> changedOwners = ConcurrentHashMap.newKeySet();
    private Observer observer;
    private String deployment;
    private String pod;

    @BeforeEach
    void start() throws Exception {
        deployment = create("""
                {apiVersion: apps/v1, kind: Deployment,
                 metadata: {namespace: shop, name: web, generation: 2, annotations: {kintsugi.dev/depends-on: "db, shared/auth"}},
                 spec: {replicas: 2, template: {metadata: {annotations: {kubectl.kubernetes.io/restartedAt: earlier}}}},
                 status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2}}""");
        String replicaSet = create("""
                {apiVersion: apps/v1, kind: ReplicaSet, metadata: {namespace: shop, name: web-1,
                 annotations: {deployment.kubernetes.io/revision: "3"}, ownerReferences: [
                 {apiVersion: apps/v1, kind: Deployment, name: web, uid: "%s", controller: true}]}, spec: {replicas: 2}}""".formatted(deployment));
        pod = create(podYaml("web-1-a", replicaSet));
        create(podYaml("web-1-b", replicaSet));
        create("""
                {apiVersion: v1, kind: Node, metadata: {name: node1}, status: {conditions: [
                 {type: Ready, status: "Unknown", lastTransitionTime: "2026-01-01T12:00:00Z"}]}}""");
        create("""
                {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {namespace: shop, name: web},
                 spec: {minAvailable: 1, selector: {matchExpressions: [{key: app, operator: In, values: [web]}]}}}""");
        create("""
                {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4, metadata: {namespace: shop,
                 name: db-1, labels: {kubernetes.io/service-name: db}}, endpoints: [
                 {addresses: [10.0.0.1]}, {addresses: [10.0.0.2], conditions: {ready: false}}]}""");
        observer = new Observer(client, Clock.systemUTC(), new Observer.Listener() {
            @Override
            public void targetChanged(ObjectRef ref) {
                if (ref.kind().equals("Pod")) {
                    changedPods.add(ref.name());
                }
            }

            @Override
            public void surroundingsChanged(String ownerUid) {
                changedOwners.add(ownerUid);
            }
        });
        observer.start().get(20, TimeUnit.SECONDS);
        await().atMost(SOON).until(() -> changedPods.size() == 2);
    }

    @AfterEach
    void stop() {
        observer.close();
    }

    @Test
    void composesAPodWithEverythingAroundIt() {
        Observation seen = observer.observe(ObjectRef.pod("shop", "web-1-a", pod), null);
        PodState state = Objects.requireNonNull(seen.pod());
        assertThat(state.startupAllowance()).isEqualTo(Duration.ofSeconds(7 + 5 * 2));
        assertThat(state.endpoint()).hasToString("https://10.0.0.9:8443/ready");
        assertThat(seen.controlled()).isTrue();
        assertThat(Objects.requireNonNull(seen.workload()).ref().kind()).isEqualTo("Deployment");
        assertThat(seen.workload().desired()).isEqualTo(2);
        assertThat(seen.workload().rollingOut()).isFalse();
        assertThat(seen.workload().restartedAt()).isEqualTo("earlier");
        assertThat(seen.peers()).extracting(p -> p.ref().name()).containsExactly("web-1-b");
        assertThat(seen.budgeted()).contains(pod);
        assertThat(seen.dependencies())
                .containsExactlyInAnyOrder(new Dependency("shop/db", 1), new Dependency("shared/auth", 0));
        assertThat(Objects.requireNonNull(seen.nodeOf(state)).condition()).isEqualTo(NodeState.Condition.NOT_READY);
    }

    @Test
    void podThatIsGoneIsStillSeenInItsSurroundings() {
        ObjectRef target = ObjectRef.pod("shop", "web-1-a", pod);
        ObjectRef owner = Objects.requireNonNull(observer.observe(target, null).workload())
                .ref();
        changedOwners.clear();
        client.pods().inNamespace("shop").withName("web-1-a").delete();
        await().atMost(SOON).until(() -> !observer.exists(pod));
        Observation seen = observer.observe(target, owner);
        assertThat(seen.pod()).isNull();
        assertThat(seen.peers()).hasSize(1);
        assertThat(seen.controlled()).isTrue();
        await().atMost(SOON).until(() -> changedOwners.contains(deployment));
    }

    @Test
    void nodeIsGoneSinceItWasFirstMissed() {
        client.nodes().withName("node1").delete();
        ObjectRef target = ObjectRef.pod("shop", "web-1-a", pod);
        await().atMost(SOON).until(() -> nodeOf(target).condition() == NodeState.Condition.GONE);
        assertThat(nodeOf(target)).isEqualTo(nodeOf(target));
    }

    @Test
    void composesANodeWithItsPodsAndTheOtherNodes() {
        create("{apiVersion: v1, kind: Node, metadata: {name: node2}}");
        await().atMost(SOON).until(() -> observer.nodes().size() == 2);
        ObjectRef target = observer.nodes().stream()
                .filter(n -> n.name().equals("node1"))
                .findFirst()
                .orElseThrow()
                .ref();
        Observation seen = observer.observe(target, null);
        assertThat(seen.peers()).hasSize(2);
        assertThat(seen.nodes().keySet()).containsExactlyInAnyOrder("node1", "node2");
        assertThat(observer.glance(target).nodes()).containsOnlyKeys("node1");
        ObjectRef former = new ObjectRef("v1", "Node", "", "node1", "of-the-same-name");
        assertThat(Objects.requireNonNull(observer.observe(former, null).nodes().get("node1"))
                        .condition())
                .isEqualTo(NodeState.Condition.GONE);
    }

    @Test
    void watchesAreKnownToBeOpenUntilTheyAreClosed() {
        await().atMost(SOON).until(() -> observer.notWatching().isEmpty());
        observer.close();
        await().atMost(SOON).until(() -> observer.notWatching().size() == 11);
    }

    @Test
    void composesAWorkloadWithItsPodsRevisionsAndNamespace() {
        create("""
                {apiVersion: v1, kind: Namespace, metadata: {name: shop, annotations: {kintsugi.dev/pause: "true"}}}""");
        ObjectRef target = new ObjectRef("apps/v1", "Deployment", "shop", "web", deployment);
        await().atMost(SOON).until(() -> observer.observe(target, null).around().namespace() != null);
        Observation seen = observer.observe(target, null);
        assertThat(seen.pod()).isNull();
        assertThat(Objects.requireNonNull(seen.workload()).ref()).isEqualTo(target);
        assertThat(seen.peers()).hasSize(2);
        assertThat(seen.around().namespace())
                .satisfies(n -> assertThat(Objects.requireNonNull(n).settings().paused())
                        .isTrue());
        assertThat(seen.around().revisions()).singleElement().satisfies(revision -> {
            assertThat(revision.number()).isEqualTo(3);
            assertThat(seen.peers()).allMatch(revision::has);
        });
        assertThat(observer.glance(target).workload()).isEqualTo(seen.workload());
        assertThat(observer.podCount("shop")).isEqualTo(2);
        assertThat(observer.podCount("")).isEqualTo(2);
        assertThat(observer.podCount("other")).isZero();
        assertThat(observer.exists(deployment)).isTrue();
    }

    @Test
    void revisionsOfAStatefulSetAreThoseOfItsControllerRevisions() {
        String set = create("""
                {apiVersion: apps/v1, kind: StatefulSet, metadata: {namespace: shop, name: db}, spec: {replicas: 1}}""");
        create("""
                {apiVersion: apps/v1, kind: ControllerRevision, revision: 7, metadata: {namespace: shop, name: db-7,
                 ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: "%s", controller: true}]}}""".formatted(set));
        ObjectRef target = new ObjectRef("apps/v1", "StatefulSet", "shop", "db", set);
        await().atMost(SOON)
                .until(() -> observer.observe(target, null).around().revisions().size() == 1);
        assertThat(observer.observe(target, null).around().newest()).hasValueSatisfying(revision -> {
            assertThat(revision.number()).isEqualTo(7);
            assertThat(revision.hash()).isEqualTo("db-7");
        });
    }

    @Test
    void ownServiceIsToldFromThoseOfOthers() {
        create("{apiVersion: v1, kind: Service, metadata: {namespace: shop, name: db}, spec: {selector: {app: web}}}");
        ObjectRef target = ObjectRef.pod("shop", "web-1-a", pod);
        await().atMost(SOON)
                .until(() ->
                        observer.observe(target, null).dependencies().contains(new Dependency("shop/db", 1, true)));
    }

    private NodeState nodeOf(ObjectRef target) {
        Observation seen = observer.observe(target, null);
        return Objects.requireNonNull(seen.nodeOf(Objects.requireNonNull(seen.pod())));
    }

    private static String podYaml(String name, String replicaSet) {
        return """
                {apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: %s, labels: {app: web}, ownerReferences: [
                 {apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: "%s", controller: true}]},
                 spec: {nodeName: node1, containers: [{name: app, ports: [{name: tls, containerPort: 8443}],
                  startupProbe: {periodSeconds: 5, failureThreshold: 2},
                  readinessProbe: {initialDelaySeconds: 7, httpGet: {path: /ready, port: tls, scheme: HTTPS}}}]},
                 status: {phase: Running, podIP: 10.0.0.9, conditions: [{type: Ready, status: "True"}]}}""".formatted(name, replicaSet);
    }

    private String create(String yaml) {
        HasMetadata object = client.getKubernetesSerialization().unmarshal("---\n" + yaml);
        return client.resource(object).create().getMetadata().getUid();
    }
}
