package dev.kintsugi.features.cluster.embedded;

import java.time.Duration;
import java.util.Objects;

/**
 * Every interval of the embedded cluster in one place. {@link #real()} holds the defaults of Kubernetes 1.28 and {@link #quick()} a
 * shortened profile; a report says by {@link #name()} which one was in force. Probe periods are not here: they come from the pod.
 *
 * @param name                   the profile's name, for reports
 * @param nodeLeaseRenew         a node agent renews its Lease this often; real 10 s (kubelet: a quarter of
 *                               {@code nodeLeaseDurationSeconds})
 * @param nodeLeaseDuration      what a node agent writes as the Lease's {@code leaseDurationSeconds}, whole seconds; real 40 s (kubelet
 *                               {@code nodeLeaseDurationSeconds})
 * @param nodeStatusUpdate       a node agent looks at its node's status this often and writes it if it changed; real 10 s (kubelet
 *                               {@code nodeStatusUpdateFrequency})
 * @param nodeStatusReport       a node agent writes an unchanged status this often; real 5 min (kubelet
 *                               {@code nodeStatusReportFrequency})
 * @param nodeMonitorPeriod      the node lifecycle loop looks at all nodes this often; real 5 s (kube-controller-manager
 *                               {@code --node-monitor-period})
 * @param nodeMonitorGrace       a node whose Lease and status are older than this is Ready=Unknown; real 40 s (kube-controller-manager
 *                               {@code --node-monitor-grace-period}; 50 s since 1.32)
 * @param nodeEviction           time between two nodes of a zone getting their NoExecute taint; real 10 s (kube-controller-manager
 *                               {@code --node-eviction-rate} 0.1 per second)
 * @param plegRelist             a node agent asks for changes of its containers this often; real 1 s (kubelet
 *                               {@code genericPlegRelistPeriod})
 * @param podSync                a node agent syncs a healthy pod at least this often; real 1 min (kubelet {@code syncFrequency})
 * @param podSyncBackOff         after a failed sync (also one in back-off) a pod is synced again this much later, times 1 to 1.5; real
 *                               10 s (kubelet {@code backOffPeriod}, {@code workerBackOffPeriodJitterFactor} 0.5)
 * @param crashBackOffInitial    the wait before the second restart of a container, doubled by each further one; real 10 s (kubelet
 *                               {@code backOffPeriod})
 * @param crashBackOffMax        the longest wait before a restart; real 5 min (kubelet {@code MaxContainerBackOff})
 * @param crashBackOffReset      a container that ran this long starts again from the initial wait; real 10 min (twice the longest)
 * @param imageBackOffInitial    the wait after a first failed pull of an image, doubled by each further one; real 10 s (kubelet
 *                               {@code backOffPeriod})
 * @param imageBackOffMax        the longest wait before a pull; real 5 min (kubelet {@code MaxContainerBackOff})
 * @param schedulingBackOff      the wait before a pod that could not be placed is tried again after the cluster changed, doubled by each
 *                               further try; real 1 s (kube-scheduler {@code podInitialBackoffSeconds})
 * @param schedulingBackOffMax   the longest such wait; real 10 s (kube-scheduler {@code podMaxBackoffSeconds})
 * @param schedulingFlush        a pod that could not be placed is tried again after this even if nothing changed; real 5 min
 *                               (kube-scheduler {@code DefaultPodMaxInUnschedulablePodsDuration})
 * @param disruptionTimeout      a pod whose eviction was granted but that was not deleted counts as disrupted for this long; real 2 min
 *                               (disruption controller {@code DeletionTimeout})
 */
public record Timings(
        String name,
        Duration nodeLeaseRenew,
        Duration nodeLeaseDuration,
        Duration nodeStatusUpdate,
        Duration nodeStatusReport,
        Duration nodeMonitorPeriod,
        Duration nodeMonitorGrace,
        Duration nodeEviction,
        Duration plegRelist,
        Duration podSync,
        Duration podSyncBackOff,
        Duration crashBackOffInitial,
        Duration crashBackOffMax,
        Duration crashBackOffReset,
        Duration imageBackOffInitial,
        Duration imageBackOffMax,
        Duration schedulingBackOff,
        Duration schedulingBackOffMax,
        Duration schedulingFlush,
        Duration disruptionTimeout) {

    private static final Timings REAL = new Timings(
            "real",
            Duration.ofSeconds(10),
            Duration.ofSeconds(40),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(40),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofMinutes(2));

    private static final Timings QUICK = new Timings(
            "quick",
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofMillis(500),
            Duration.ofSeconds(4),
            Duration.ofSeconds(1),
            Duration.ofMillis(200),
            REAL.podSync,
            REAL.podSyncBackOff,
            REAL.crashBackOffInitial,
            REAL.crashBackOffMax,
            REAL.crashBackOffReset,
            REAL.imageBackOffInitial,
            REAL.imageBackOffMax,
            REAL.schedulingBackOff,
            REAL.schedulingBackOffMax,
            REAL.schedulingFlush,
            REAL.disruptionTimeout);

    /** Refuses an interval that is not positive. */
    public Timings {
        Objects.requireNonNull(name);
        for (Duration interval : new Duration[] {
            nodeLeaseRenew,
            nodeLeaseDuration,
            nodeStatusUpdate,
            nodeStatusReport,
            nodeMonitorPeriod,
            nodeMonitorGrace,
            nodeEviction,
            plegRelist,
            podSync,
            podSyncBackOff,
            crashBackOffInitial,
            crashBackOffMax,
            crashBackOffReset,
            imageBackOffInitial,
            imageBackOffMax,
            schedulingBackOff,
            schedulingBackOffMax,
            schedulingFlush,
            disruptionTimeout
        }) {
            if (interval.isNegative() || interval.isZero()) {
                throw new IllegalArgumentException(
                        "timings '" + name + "': every interval must be positive, found " + interval);
            }
        }
    }

    /** The defaults of Kubernetes 1.28. */
    public static Timings real() {
        return REAL;
    }

    /**
     * For quick runs: the relist of containers is five times and everything about nodes ten times faster than in {@link #real()} (a
     * node's silence is noticed after 4 s instead of 40 s). Back-offs stay as they are, since scenarios are about them.
     */
    public static Timings quick() {
        return QUICK;
    }
}
