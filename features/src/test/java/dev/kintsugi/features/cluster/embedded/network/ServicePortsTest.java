package dev.kintsugi.features.cluster.embedded.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.cluster.embedded.EndpointAddresses;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditionsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServicePortsTest {

    private static final InetSocketAddress WEB = new InetSocketAddress("127.96.0.10", 80);
    private static final InetSocketAddress ADMIN = new InetSocketAddress("127.96.0.10", 81);

    @Test
    void readyEndpointsAreTaken() {
        assertThat(endpoints(
                        WEB,
                        slice(
                                "web",
                                8080,
                                pod("127.64.0.1", true, true, false),
                                pod("127.64.0.2", false, false, false))))
                .containsExactly(new InetSocketAddress("127.64.0.1", 8080));
    }

    @Test
    void missingConditionsMeanReady() {
        assertThat(endpoints(WEB, slice("web", 8080, pod("127.64.0.1", null, null, null))))
                .containsExactly(new InetSocketAddress("127.64.0.1", 8080));
    }

    @Test
    void terminatingPodThatStillServesIsTakenOnlyWhenNoneIsReady() {
        Pod leaving = pod("127.64.0.1", false, true, true);
        Pod ready = pod("127.64.0.2", true, true, false);
        Pod broken = pod("127.64.0.3", false, false, true);

        assertThat(endpoints(WEB, slice("web", 8080, leaving, ready, broken)))
                .containsExactly(new InetSocketAddress("127.64.0.2", 8080));
        assertThat(endpoints(WEB, slice("web", 8080, leaving, broken)))
                .containsExactly(new InetSocketAddress("127.64.0.1", 8080));
    }

    @Test
    void portsAreMatchedByName() {
        List<EndpointSlice> slices = List.of(
                slice("web", 8080, pod("127.64.0.1", true, true, false)),
                slice("admin", 9090, pod("127.64.0.1", true, true, false)));

        Map<InetSocketAddress, ServicePorts.Backends> backends =
                ServicePorts.of(service(), slices, EndpointAddresses.SAME);

        assertThat(at(backends, WEB).endpoints()).containsExactly(new InetSocketAddress("127.64.0.1", 8080));
        assertThat(at(backends, ADMIN).endpoints()).containsExactly(new InetSocketAddress("127.64.0.1", 9090));
    }

    @Test
    void slicesOfOneServiceAreUnited() {
        List<EndpointSlice> slices = List.of(
                slice("web", 8080, pod("127.64.0.1", true, true, false)),
                slice("web", 8081, pod("127.64.0.2", true, true, false), pod("127.64.0.1", true, true, false)));

        assertThat(at(ServicePorts.of(service(), slices, EndpointAddresses.SAME), WEB)
                        .endpoints())
                .containsExactly(
                        new InetSocketAddress("127.64.0.1", 8080),
                        new InetSocketAddress("127.64.0.2", 8081),
                        new InetSocketAddress("127.64.0.1", 8081));
    }

    @Test
    void serviceWithoutSlicesHasPortsWithoutEndpoints() {
        Map<InetSocketAddress, ServicePorts.Backends> backends =
                ServicePorts.of(service(), List.of(), EndpointAddresses.SAME);

        assertThat(backends).containsOnlyKeys(WEB, ADMIN);
        assertThat(at(backends, WEB).endpoints()).isEmpty();
    }

    @Test
    void headlessAndExternalServicesAreNotProxied() {
        Service headless = new ServiceBuilder(service())
                .editSpec()
                .withClusterIP("None")
                .endSpec()
                .build();
        Service external = new ServiceBuilder(service())
                .editSpec()
                .withType("ExternalName")
                .endSpec()
                .build();

        assertThat(ServicePorts.of(headless, List.of(), EndpointAddresses.SAME)).isEmpty();
        assertThat(ServicePorts.of(external, List.of(), EndpointAddresses.SAME)).isEmpty();
    }

    @Test
    void affinityLastsThreeHoursUnlessTheServiceSaysOtherwise() {
        Service sticky = new ServiceBuilder(service())
                .editSpec()
                .withSessionAffinity("ClientIP")
                .endSpec()
                .build();
        Service brief = new ServiceBuilder(sticky)
                .editSpec()
                .withNewSessionAffinityConfig()
                .withNewClientIP(60)
                .endSessionAffinityConfig()
                .endSpec()
                .build();

        assertThat(at(ServicePorts.of(service(), List.of(), EndpointAddresses.SAME), WEB)
                        .affinity())
                .isZero();
        assertThat(at(ServicePorts.of(sticky, List.of(), EndpointAddresses.SAME), WEB)
                        .affinity())
                .isEqualTo(Duration.ofHours(3));
        assertThat(at(ServicePorts.of(brief, List.of(), EndpointAddresses.SAME), WEB)
                        .affinity())
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void endpointOnAnotherMachineIsRefused() {
        List<EndpointSlice> slices = List.of(slice("web", 8080, pod("10.1.2.3", true, true, false)));

        assertThatThrownBy(() -> ServicePorts.of(service(), slices, EndpointAddresses.SAME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10.1.2.3");
    }

    private record Pod(
            String ip,
            @Nullable Boolean ready,
            @Nullable Boolean serving,
            @Nullable Boolean terminating) {}

    private static Pod pod(
            String ip, @Nullable Boolean ready, @Nullable Boolean serving, @Nullable Boolean terminating) {
        return new Pod(ip, ready, serving, terminating);
    }

    private static List<InetSocketAddress> endpoints(InetSocketAddress of, EndpointSlice slice) {
        return at(ServicePorts.of(service(), List.of(slice), EndpointAddresses.SAME), of)
                .endpoints();
    }

    private static ServicePorts.Backends at(
            Map<InetSocketAddress, ServicePorts.Backends> backends, InetSocketAddress address) {
        return Objects.requireNonNull(backends.get(address));
    }

    private static Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName("svc")
                .endMetadata()
                .withNewSpec()
                .withClusterIP("127.96.0.10")
                .addNewPort()
                .withName("web")
                .withPort(80)
                .endPort()
                .addNewPort()
                .withName("admin")
                .withPort(81)
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName("dns")
                .withPort(53)
                .withProtocol("UDP")
                .endPort()
                .endSpec()
                .build();
    }

    private static EndpointSlice slice(String portName, int port, Pod... pods) {
        EndpointSliceBuilder slice = new EndpointSliceBuilder().withAddressType("IPv4");
        slice.addNewPort().withName(portName).withPort(port).endPort();
        Arrays.stream(pods).forEach(pod -> slice.addNewEndpoint()
                .withAddresses(pod.ip())
                .withConditions(new EndpointConditionsBuilder()
                        .withReady(pod.ready())
                        .withServing(pod.serving())
                        .withTerminating(pod.terminating())
                        .build())
                .endEndpoint());
        return slice.build();
    }
}
