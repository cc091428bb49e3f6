package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.Container;
import dev.kintsugi.features.recording.Observation.Endpoint;
import dev.kintsugi.features.recording.Observation.EndpointsSeen;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Observation.PodSeen;
import dev.kintsugi.features.recording.Observation.Recovery;
import dev.kintsugi.features.recording.Observation.RecoverySeen;
import dev.kintsugi.features.recording.Observation.RequestSeen;
import dev.kintsugi.features.recording.Observation.Workload;
import dev.kintsugi.features.recording.Observation.WorkloadSeen;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes an observation log by hand, in milliseconds. */
final class Log {

    static final String OWNER = "rs-uid";

    private final List<Observation> seen = new ArrayList<>();

    static long at(double millis) {
        return Math.round(millis * 1e6);
    }

    static Pod pod(String name, boolean ready, int restarts, @Nullable String ended, boolean running) {
        return new Pod(
                "shop",
                name,
                "uid-" + name,
                OWNER,
                "127.64.0.2",
                "node1",
                ready,
                false,
                List.of(new Container("app", restarts, running, ended, ended == null ? 0 : 137)));
    }

    static Pod ready(String name) {
        return pod(name, true, 0, null, true);
    }

    static Pod terminating(Pod pod) {
        return new Pod(
                pod.namespace(),
                pod.name(),
                pod.uid(),
                pod.controllerUid(),
                pod.ip(),
                pod.node(),
                pod.ready(),
                true,
                pod.containers());
    }

    Log sees(double millis, Pod pod) {
        seen.add(new PodSeen(at(millis), pod, false));
        return this;
    }

    Log gone(double millis, Pod pod) {
        seen.add(new PodSeen(at(millis), pod, true));
        return this;
    }

    Log endpoints(double millis, String service, String... readyPods) {
        seen.add(new EndpointsSeen(
                at(millis),
                "shop",
                service,
                service + "-slice",
                Stream.of(readyPods)
                        .map(name -> new Endpoint("uid-" + name, name, true))
                        .toList()));
        return this;
    }

    Log workload(double millis, int ready, int desired) {
        seen.add(new WorkloadSeen(
                at(millis), new Workload("shop", "web", desired, desired, desired, ready, ready, true)));
        return this;
    }

    Log recovery(double millis, String target, String phase, int attempts) {
        seen.add(new RecoverySeen(
                at(millis),
                new Recovery("shop", "rec-1", "uid-" + target, target, "PodNotReady", phase, "DeletePod", attempts)));
        return this;
    }

    Log served(double sentMillis, double latencyMillis, String by) {
        return request(Observation.USERS, sentMillis, latencyMillis, null, by);
    }

    Log failed(double sentMillis, double latencyMillis) {
        return request(Observation.USERS, sentMillis, latencyMillis, "refused", null);
    }

    Log request(String stream, double sent, double latency, @Nullable String error, @Nullable String by) {
        seen.add(new RequestSeen(
                stream, new Request(at(sent), at(sent), at(sent + latency), error == null ? 200 : 0, error, by)));
        return this;
    }

    List<Observation> all() {
        return List.copyOf(seen);
    }
}
