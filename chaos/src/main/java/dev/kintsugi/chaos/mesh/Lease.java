package dev.kintsugi.chaos.mesh;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dead man's switch: what it owns is removed by the cluster itself when nobody has renewed it for {@link #TERM}.
 *
 * <p>It needs nothing in the cluster but Kubernetes. It is a Job without pods ({@code parallelism: 0}) and with a deadline
 * ({@code activeDeadlineSeconds}, which can be changed and counts from {@code status.startTime}). Whoever holds the lease moves the
 * deadline on. When it passes, the Job has failed; {@code ttlSecondsAfterFinished: 0} removes it; the garbage collector then
 * removes the experiments that it owns; and Chaos Mesh takes a fault back before it lets an experiment go. So a fault outlasts its
 * driver by the term, and by the seconds that these four controllers take: 30 s in all, while they and the nodes' daemons work.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup">Job termination</a>
 */
public final class Lease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    /** How long it lasts after the last renewal, at most. Kubernetes keeps times in whole seconds, so it may be one less. */
    public static final Duration TERM = Duration.ofSeconds(15);

    /** Annotation that says who holds it. */
    public static final String HOLDER = "kintsugi.dev/holder";

    /** What outlasts its driver by no more than this needs no lease. */
    public static final Duration GONE_WITHIN = Duration.ofSeconds(30);

    private static final Duration RENEWAL = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int NOT_FOUND = 404;

    /** The cluster does not give a lease, with the reason. */
    public static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            super(message);
        }
    }

    private final KubernetesClient client;
    private final LongSupplier nanoTime;
    private final Job job;
    private final long startSeenNanos;
    private final Bounded bounded;
    private @Nullable ScheduledExecutorService renewal;
    private volatile long renewedNanos;
    private volatile boolean gone;

    private Lease(KubernetesClient client, LongSupplier nanoTime, Job job, long startSeenNanos, Bounded bounded) {
        this.client = client;
        this.nanoTime = nanoTime;
        this.job = job;
        this.startSeenNanos = startSeenNanos;
        this.renewedNanos = startSeenNanos;
        this.bounded = bounded;
    }

    /**
     * Takes a lease, and waits until its deadline runs. Nothing may be created under it before.
     *
     * @param holder who takes it, for a reader
     * @param term when it ends unless it is renewed
     * @param patience how long to wait
     * @throws Unavailable when one may not create Jobs, or nothing in the cluster looks after them
     */
    public static Lease take(
            KubernetesClient client,
            LongSupplier nanoTime,
            String namespace,
            String holder,
            Duration term,
            Duration patience)
            throws Unavailable, InterruptedException {
        Bounded bounded = new Bounded();
        long end = nanoTime.getAsLong() + patience.toNanos();
        try {
            Job created = bounded.call(patience.toNanos(), () -> client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(namespace)
                    .resource(job(namespace, holder, term))
                    .create());
            Lease unstarted = new Lease(client, nanoTime, created, 0, bounded);
            while (true) {
                Job seen = bounded.call(
                        end - nanoTime.getAsLong(), () -> unstarted.resource().get());
                if (seen != null && seen.getStatus() != null && seen.getStatus().getStartTime() != null) {
                    return new Lease(client, nanoTime, created, nanoTime.getAsLong(), bounded);
                }
                if (nanoTime.getAsLong() >= end) {
                    unstarted.close();
                    throw new Unavailable("no controller looks after Jobs, by which the cluster would clean up");
                }
                LockSupport.parkNanos(LOOK.toNanos());
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } catch (java.util.concurrent.TimeoutException e) {
            bounded.close();
            throw new Unavailable("the cluster did not answer in time");
        } catch (KubernetesClientException e) {
            bounded.close();
            String said = e.getStatus() == null ? null : e.getStatus().getMessage();
            throw new Unavailable(Objects.requireNonNullElse(said, String.valueOf(e.getMessage())));
        }
    }

    /** No pod is ever made of the template; it is what policies that look at Jobs want to see. */
    private static Job job(String namespace, String holder, Duration term) {
        return new JobBuilder()
                .withNewMetadata()
                .withGenerateName("kintsugi-lease-")
                .withNamespace(namespace)
                .addToLabels(Manifests.MANAGED_BY, Manifests.KINTSUGI)
                .addToAnnotations(HOLDER, holder)
                .endMetadata()
                .withNewSpec()
                .withParallelism(0)
                .withCompletions(1)
                .withBackoffLimit(0)
                .withActiveDeadlineSeconds(term.toSeconds())
                .withTtlSecondsAfterFinished(0)
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels(Manifests.MANAGED_BY, Manifests.KINTSUGI)
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withAutomountServiceAccountToken(false)
                .addNewContainer()
                .withName("never-started")
                .withImage("registry.k8s.io/pause:3.9")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    /** A kill leaves nothing in force, and a short duration ends without anybody's help. */
    public static boolean isNeedless(boolean oneShot, @Nullable Duration duration) {
        return oneShot || (duration != null && duration.compareTo(GONE_WITHIN) <= 0);
    }

    /** What makes a resource of the same namespace go with the lease. */
    public OwnerReference owner() {
        return new OwnerReferenceBuilder()
                .withApiVersion("batch/v1")
                .withKind("Job")
                .withName(job.getMetadata().getName())
                .withUid(job.getMetadata().getUid())
                .build();
    }

    /** Renews it from now on, until it is closed. */
    public synchronized Lease hold() {
        if (renewal == null) {
            renewal = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "lease");
                thread.setDaemon(true);
                return thread;
            });
            Future<?> unused =
                    renewal.scheduleWithFixedDelay(this::renew, 0, RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
        }
        return this;
    }

    /**
     * Moves the deadline on. It counts from the start of the Job on the cluster's clock; the time since then is measured on ours, from
     * when we saw it started, which is later: so the deadline never lies further off than the term.
     */
    private void renew() {
        long now = nanoTime.getAsLong();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(now - startSeenNanos) + TERM.toSeconds();
        try {
            bounded.call(TERM.toNanos() / 3, () -> resource()
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"spec\":{\"activeDeadlineSeconds\":" + seconds + "}}"));
            renewedNanos = now;
        } catch (KubernetesClientException e) {
            gone |= e.getCode() == NOT_FOUND;
            LOG.warn("{} was not renewed: {}", this, e.getMessage());
        } catch (java.util.concurrent.TimeoutException e) {
            LOG.warn("{} was not renewed: no answer", this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it has run out while it was held: the cluster is cleaning up. */
    public boolean isLost() {
        return gone || nanoTime.getAsLong() - renewedNanos > TERM.toNanos();
    }

    private ScalableResource<Job> resource() {
        return client.batch()
                .v1()
                .jobs()
                .inNamespace(job.getMetadata().getNamespace())
                .withName(job.getMetadata().getName());
    }

    /** Stops to renew it, and lets it run out. What it owns is removed when its term ends. */
    public synchronized void leave() {
        if (renewal != null) {
            renewal.shutdownNow();
        }
        bounded.close();
    }

    /** Gives it back. What it still owns is removed by the cluster. */
    @Override
    public synchronized void close() {
        if (renewal != null) {
            renewal.shutdownNow();
        }
        try {
            bounded.call(TERM.toNanos() / 3, () -> resource().delete());
        } catch (KubernetesClientException | java.util.concurrent.TimeoutException e) {
            LOG.warn("{} was not given back, and runs out", this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        bounded.close();
    }

    @Override
    public String toString() {
        return "lease " + job.getMetadata().getNamespace() + "/"
                + job.getMetadata().getName();
    }

    /** Who we are, for {@link #HOLDER}: user, machine and process. */
    public static String self() {
        Map<String, String> environment = System.getenv();
        return System.getProperty("user.name", "somebody") + "@"
                + Objects.requireNonNullElse(environment.get("HOSTNAME"), "this machine") + ", process "
                + ProcessHandle.current().pid();
    }
}
