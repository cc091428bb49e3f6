package dev.kintsugi.chaos.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lease against an API server that answers as it is told to. */
@EnableKubernetesMockClient
@Timeout(60)
class LeaseTest {
    private static final String JOBS = "/apis/batch/v1/namespaces/shop/jobs";
    private static final String ONE = JOBS + "/kintsugi-lease-x";

    @SuppressWarnings("NullAway.Init")
    static KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init")
    static KubernetesClient client;

    private final AtomicLong nanos = new AtomicLong();

    @BeforeEach
    void start() {
        server.reset();
    }

    private Lease take() throws Exception {
        return Lease.take(client, nanos::get, "shop", "me", Lease.TERM, Duration.ofSeconds(20));
    }

    private static Job job(@Nullable String startTime) {
        return new JobBuilder()
                .withNewMetadata()
                .withName("kintsugi-lease-x")
                .withNamespace("shop")
                .withUid("u1")
                .endMetadata()
                .withNewStatus()
                .withStartTime(startTime)
                .endStatus()
                .build();
    }

    private void started() {
        server.expect().post().withPath(JOBS).andReturn(201, job(null)).once();
        server.expect()
                .get()
                .withPath(ONE)
                .andReturn(200, job("2026-01-01T00:00:00Z"))
                .always();
        server.expect().delete().withPath(ONE).andReturn(200, job(null)).always();
    }

    private static RecordedRequest request(String method) throws InterruptedException {
        while (true) {
            RecordedRequest request = server.takeRequest(20, TimeUnit.SECONDS);
            assertThat(request).as(method).isNotNull();
            if (request.getMethod().equals(method)) {
                return request;
            }
        }
    }

    @Test
    void jobHasNoPodsADeadlineAndNoTimeToLive() throws Exception {
        started();
        try (Lease lease = take()) {
            Job job = Serialization.unmarshal(request("POST").getBody().readUtf8(), Job.class);
            assertThat(job.getSpec().getParallelism()).isZero();
            assertThat(job.getSpec().getActiveDeadlineSeconds()).isEqualTo(15);
            assertThat(job.getSpec().getTtlSecondsAfterFinished()).isZero();
            assertThat(lease.owner().getUid()).isEqualTo("u1");
            assertThat(lease.owner().getKind()).isEqualTo("Job");
        }
        assertThat(request("DELETE").getPath()).startsWith(ONE);
    }

    @Test
    void deadlineIsMovedOnByTheTimeSinceTheStartWasSeenAndNoFurther() throws Exception {
        started();
        server.expect()
                .patch()
                .withPath(ONE)
                .andReturn(200, job("2026-01-01T00:00:00Z"))
                .always();
        try (Lease lease = take()) {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100_900));
            lease.hold();
            Map<?, ?> patch = Serialization.unmarshal(request("PATCH").getBody().readUtf8(), Map.class);
            assertThat(patch).isEqualTo(Map.of("spec", Map.of("activeDeadlineSeconds", 115)));
        }
    }

    @Test
    void leaseThatTheClusterRemovedIsLost() throws Exception {
        started();
        server.expect()
                .patch()
                .withPath(ONE)
                .andReturn(
                        404,
                        new StatusBuilder()
                                .withCode(404)
                                .withMessage("not found")
                                .build())
                .always();
        try (Lease lease = take()) {
            assertThat(lease.isLost()).isFalse();
            lease.hold();
            Awaitility.await().until(lease::isLost);
        }
    }

    @Test
    void leaseThatCouldNotBeRenewedForItsTermIsLost() throws Exception {
        started();
        try (Lease lease = take()) {
            nanos.addAndGet(Lease.TERM.toNanos());
            assertThat(lease.isLost()).isFalse();
            nanos.addAndGet(1);
            assertThat(lease.isLost()).isTrue();
        }
    }

    @Test
    void clusterThatDoesNotRunJobsGivesNone() throws Exception {
        server.expect().post().withPath(JOBS).andReturn(201, job(null)).once();
        server.expect()
                .get()
                .withPath(ONE)
                .andReply(200, request -> {
                    nanos.addAndGet(TimeUnit.SECONDS.toNanos(8));
                    return job(null);
                })
                .always();
        server.expect().delete().withPath(ONE).andReturn(200, job(null)).always();
        assertThatThrownBy(this::take)
                .isInstanceOf(Lease.Unavailable.class)
                .hasMessageContaining("no controller looks after Jobs");
        assertThat(request("DELETE").getPath()).startsWith(ONE);
    }

    @Test
    void whoMayNotCreateJobsIsTold() {
        server.expect()
                .post()
                .withPath(JOBS)
                .andReturn(
                        403,
                        new StatusBuilder()
                                .withCode(403)
                                .withMessage("jobs.batch is forbidden: User \"me\" cannot create resource \"jobs\"")
                                .build())
                .always();
        assertThatThrownBy(this::take)
                .isInstanceOf(Lease.Unavailable.class)
                .hasMessageContaining("cannot create resource \"jobs\"");
    }
}
