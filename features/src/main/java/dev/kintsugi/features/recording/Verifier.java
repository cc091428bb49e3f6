package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.Endpoint;
import dev.kintsugi.features.recording.Observation.EndpointsSeen;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Observation.PodSeen;
import dev.kintsugi.features.recording.Observation.RequestSeen;
import dev.kintsugi.features.recording.Observation.Workload;
import dev.kintsugi.features.recording.Observation.WorkloadSeen;
import dev.kintsugi.reports.model.Verification;
import dev.kintsugi.reports.model.Verification.Check;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The four verification steps over the last {@code stableFor}, each looked at only when the one before passed:
 *
 * <ol>
 *   <li>status: the Deployment had all its replicas updated, ready and available during all of it, and each of its pods is
 *       Ready and none is terminating;
 *   <li>connectivity: every ready endpoint answered at least one user, and no user's request failed;
 *   <li>performance: the 95th percentile of latency is at most {@code slowestMillis}, and users got at least nine tenths of
 *       the good answers per second that they got in the steady state (requests that hang count as missing);
 *   <li>dependencies: each Service that the workload names as its dependency has a ready endpoint.
 * </ol>
 */
final class Verifier {

    /** The outcome and, for a person, what each step saw. */
    record Outcome(Verification verification, String evidence) {
        boolean passed() {
            return verification.dependencies() == Check.PASSED;
        }
    }

    private static final double SHARE_OF_STEADY_THROUGHPUT = 0.9;

    private final String service;
    private final List<String> dependencies;
    private final double slowestMillis;
    private final long stableForNanos;

    Verifier(String service, List<String> dependencies, double slowestMillis, long stableForNanos) {
        this.service = service;
        this.dependencies = List.copyOf(dependencies);
        this.slowestMillis = slowestMillis;
        this.stableForNanos = stableForNanos;
    }

    Outcome verify(List<Observation> log, long now, Steadiness steadiness) {
        long from = now - stableForNanos;
        Optional<String> status = status(log, from);
        if (status.isPresent()) {
            return failed("status: " + status.get(), Check.FAILED, Check.NOT_RUN, Check.NOT_RUN, Check.NOT_RUN);
        }
        List<Request> requests = log.stream()
                .filter(seen -> seen instanceof RequestSeen users
                        && users.stream().equals(Observation.USERS)
                        && users.request().intendedNanos() >= from)
                .map(seen -> ((RequestSeen) seen).request())
                .toList();
        Optional<String> connectivity = connectivity(log, requests);
        if (connectivity.isPresent()) {
            return failed(
                    "connectivity: " + connectivity.get(), Check.PASSED, Check.FAILED, Check.NOT_RUN, Check.NOT_RUN);
        }
        Optional<String> performance = performance(requests, steadiness);
        if (performance.isPresent()) {
            return failed("performance: " + performance.get(), Check.PASSED, Check.PASSED, Check.FAILED, Check.NOT_RUN);
        }
        Optional<String> missing = dependencies(log);
        if (missing.isPresent()) {
            return failed("dependencies: " + missing.get(), Check.PASSED, Check.PASSED, Check.PASSED, Check.FAILED);
        }
        return new Outcome(
                new Verification(Check.PASSED, Check.PASSED, Check.PASSED, Check.PASSED),
                "all replicas ready, " + requests.size() + " requests good, "
                        + (dependencies.isEmpty() ? "no dependency named" : "endpoints of " + dependencies + " ready"));
    }

    private static Outcome failed(String why, Check status, Check connectivity, Check performance, Check dependencies) {
        return new Outcome(new Verification(status, connectivity, performance, dependencies), why);
    }

    private static Optional<String> status(List<Observation> log, long from) {
        Map<String, Workload> workloads = new HashMap<>();
        Map<String, Pod> pods = new LinkedHashMap<>();
        String broken = null;
        for (Observation seen : log) {
            if (seen instanceof WorkloadSeen workload) {
                Workload was = workloads.put(workload.workload().name(), workload.workload());
                if (was != null && !was.whole() && workload.atNanos() > from) {
                    broken = "Deployment " + was.name() + " had " + was.readyReplicas() + " of " + was.desired()
                            + " replicas ready within the time it has to hold";
                }
            } else if (seen instanceof PodSeen pod) {
                if (pod.gone()) {
                    pods.remove(pod.pod().uid());
                } else {
                    pods.put(pod.pod().uid(), pod.pod());
                }
            }
        }
        for (Workload workload : workloads.values()) {
            if (!workload.whole()) {
                return Optional.of("Deployment " + workload.name() + " has " + workload.readyReplicas() + " of "
                        + workload.desired() + " replicas ready, " + workload.updated() + " updated");
            }
        }
        for (Pod pod : pods.values()) {
            if (!pod.ready() || pod.terminating()) {
                return Optional.of("pod " + pod.name() + (pod.terminating() ? " is terminating" : " is not Ready"));
            }
        }
        return workloads.isEmpty() ? Optional.of("no Deployment was seen") : Optional.ofNullable(broken);
    }

    private Optional<String> connectivity(List<Observation> log, List<Request> requests) {
        Map<String, Integer> served = new HashMap<>();
        for (Request request : requests) {
            if (!request.good()) {
                return Optional.of("a request failed: " + request.failure());
            }
            if (request.servedBy() != null) {
                served.merge(request.servedBy(), 1, Integer::sum);
            }
        }
        List<Endpoint> ready = readyEndpoints(log, service);
        if (ready.isEmpty()) {
            return Optional.of("Service " + service + " has no ready endpoint");
        }
        for (Endpoint endpoint : ready) {
            if (endpoint.podName() != null && !served.containsKey(endpoint.podName())) {
                return Optional.of("endpoint " + endpoint.podName() + " answered nobody");
            }
        }
        return Optional.empty();
    }

    private Optional<String> performance(List<Request> requests, Steadiness steadiness) {
        double slow = Percentile.millis(requests, 95);
        if (slow > slowestMillis) {
            return Optional.of(Math.round(slow) + " ms at the 95th percentile, at most " + Math.round(slowestMillis)
                    + " ms are allowed");
        }
        double perSecond = requests.size() * 1e9 / stableForNanos;
        if (perSecond < SHARE_OF_STEADY_THROUGHPUT * steadiness.goodPerSecond()) {
            return Optional.of(Math.round(perSecond) + " good answers per second, "
                    + Math.round(steadiness.goodPerSecond()) + " in the steady state");
        }
        return Optional.empty();
    }

    private Optional<String> dependencies(List<Observation> log) {
        return dependencies.stream()
                .filter(name -> readyEndpoints(log, name).isEmpty())
                .findFirst()
                .map(name -> "Service " + name + " has no ready endpoint");
    }

    /** The ready endpoints of a Service: all of its slices, united. */
    static List<Endpoint> readyEndpoints(List<Observation> log, String service) {
        Map<String, List<Endpoint>> slices = new LinkedHashMap<>();
        for (Observation seen : log) {
            if (seen instanceof EndpointsSeen slice && slice.service().equals(service)) {
                slices.put(slice.slice(), slice.endpoints());
            }
        }
        List<Endpoint> ready = new ArrayList<>();
        slices.values()
                .forEach(endpoints -> endpoints.stream().filter(Endpoint::ready).forEach(ready::add));
        return ready;
    }
}
