package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.model.PodInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Notes what is asked of it, and keeps what is in force. Fails while it is told to. */
final class RecordingDaemon implements ChaosDaemon {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final Map<String, Object> inForce = new ConcurrentHashMap<>();
    volatile @Nullable String failure;

    @Override
    public void killContainer(PodInfo pod, String container) throws ChaosDaemonException {
        call("kill " + pod.id() + "/" + container);
    }

    @Override
    public void applyNetwork(String source, PodInfo pod, NetworkFault fault) throws ChaosDaemonException {
        call("network " + pod.id());
        inForce.put(source + " on " + pod.id(), fault);
    }

    @Override
    public void clearNetwork(String source, PodInfo pod) throws ChaosDaemonException {
        call("clear " + pod.id());
        inForce.remove(source + " on " + pod.id());
    }

    @Override
    public void applyHttp(String source, PodInfo pod, HttpFault fault) throws ChaosDaemonException {
        call("http " + pod.id());
        inForce.put("http " + source + " on " + pod.id(), fault);
    }

    @Override
    public void clearHttp(String source, PodInfo pod) throws ChaosDaemonException {
        call("clear http " + pod.id());
        inForce.remove("http " + source + " on " + pod.id());
    }

    @Override
    public String startStressor(PodInfo pod, String container, StressorSpec spec) throws ChaosDaemonException {
        call("stress " + pod.id() + "/" + container);
        String instance = "stressor-" + calls.size();
        inForce.put(instance, spec);
        return instance;
    }

    @Override
    public void stopStressor(PodInfo pod, String container, String instance) throws ChaosDaemonException {
        call("unstress " + pod.id() + "/" + container);
        inForce.remove(instance);
    }

    private void call(String what) throws ChaosDaemonException {
        calls.add(what);
        if (failure != null) {
            throw new ChaosDaemonException(failure);
        }
    }
}
