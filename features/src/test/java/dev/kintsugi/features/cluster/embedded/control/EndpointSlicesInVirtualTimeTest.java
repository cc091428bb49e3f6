package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.control.model.Conditions;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.service.EndpointSliceLoop;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How endpoints are spread over slices, and what a slice says about the change that it is due to. */
class EndpointSlicesInVirtualTimeTest {

    private static final String TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time";

    private final VirtualCluster cluster = new VirtualCluster(new EndpointSliceLoop());

    @Test
    void endpointsStayInTheirSliceWhenOthersComeAndGo() {
        cluster.put(service());
        for (int i = 0; i < 150; i++) {
            pod(i);
        }
        cluster.advance(Duration.ZERO);
        assertThat(slices()).hasSize(2);
        EndpointSlice full = slice(100);
        EndpointSlice half = slice(50);
        String victim = full.getEndpoints().get(3).getTargetRef().getName();

        cluster.delete(cluster.world().get(Pod.class, "test", victim).orElseThrow());
        cluster.advance(Duration.ofSeconds(5));
        assertThat(slice(99).getMetadata().getUid())
                .isEqualTo(full.getMetadata().getUid());
        assertThat(slice(50).getMetadata().getResourceVersion())
                .isEqualTo(half.getMetadata().getResourceVersion());
        pod(150);
        cluster.advance(Duration.ZERO);

        assertThat(slice(100).getMetadata().getUid())
                .isEqualTo(full.getMetadata().getUid());
    }

    @Test
    void sliceSaysWhenTheChangeHappenedThatItIsDueTo() {
        cluster.put(service());
        cluster.advance(Duration.ZERO);
        String created = Times.seconds(cluster.now());
        assertThat(trigger()).isEqualTo(created);

        cluster.advance(Duration.ofSeconds(10));
        String ready = Times.seconds(cluster.now());
        Pod pod = pod(1);
        cluster.advance(Duration.ofSeconds(10));
        assertThat(trigger()).isEqualTo(ready);

        cluster.delete(pod);
        cluster.advance(Duration.ZERO);
        assertThat(slices().get(0).getEndpoints().get(0).getConditions().getTerminating())
                .isTrue();
        assertThat(trigger()).as("a deletion is no change of readiness").isNull();
    }

    private Pod pod(int nth) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("web-" + nth)
                .withNamespace("test")
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .withNodeName("node1")
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("127.64.1." + nth)
                .endStatus()
                .build();
        return cluster.put(Conditions.set(pod, "Ready", "True", null, null, cluster.now()));
    }

    private static Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", "web")
                .addNewPort()
                .withPort(80)
                .withNewTargetPort(8080)
                .endPort()
                .endSpec()
                .build();
    }

    private List<EndpointSlice> slices() {
        return cluster.world().in(EndpointSlice.class, "test");
    }

    private EndpointSlice slice(int size) {
        return slices().stream()
                .filter(slice -> slice.getEndpoints().size() == size)
                .findFirst()
                .orElseThrow();
    }

    private @Nullable String trigger() {
        Map<String, String> annotations = slices().get(0).getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(TRIGGER);
    }
}
