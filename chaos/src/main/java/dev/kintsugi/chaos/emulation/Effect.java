package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.model.PodInfo;
import java.util.Map;

/** One thing to do to one target. */
sealed interface Effect {

    /** Does it. Returns the name of what was started, empty where nothing needs one. */
    String perform(Hands hands) throws ChaosDaemonException;

    /** Whether the record waits for it one pass long. */
    default boolean isAwaited() {
        return false;
    }

    /** What can be done, by whoever has the hands for it. */
    interface Hands {
        ChaosDaemon daemon();

        /** Deletes a pod by the API. */
        void deletePod(PodInfo pod, long gracePeriodSeconds) throws ChaosDaemonException;

        /** Replaces the images of a pod's containers, keeping the old ones in annotations of the given keys. */
        void swapImages(PodInfo pod, Map<String, String> keyByContainer, String image) throws ChaosDaemonException;

        /** Puts the images back that were kept under these keys. */
        void restoreImages(PodInfo pod, Map<String, String> keyByContainer) throws ChaosDaemonException;
    }

    /** Nothing is to be done: it is done already, or needs nothing. */
    record Nothing() implements Effect {
        @Override
        public String perform(Hands hands) {
            return "";
        }
    }

    /** Cannot be done. */
    record Impossible(String reason) implements Effect {
        @Override
        public String perform(Hands hands) throws ChaosDaemonException {
            throw new ChaosDaemonException(reason);
        }
    }

    record DeletePod(PodInfo pod, long gracePeriodSeconds) implements Effect {
        @Override
        public String perform(Hands hands) throws ChaosDaemonException {
            hands.deletePod(pod, gracePeriodSeconds);
            return "";
        }
    }

    record SwapImages(PodInfo pod, Map<String, String> keyByContainer, String image) implements Effect {
        @Override
        public String perform(Hands hands) throws ChaosDaemonException {
            hands.swapImages(pod, keyByContainer, image);
            return "";
        }
    }

    record RestoreImages(PodInfo pod, Map<String, String> keyByContainer) implements Effect {
        @Override
        public String perform(Hands hands) throws ChaosDaemonException {
            hands.restoreImages(pod, keyByContainer);
            return "";
        }
    }

    record KillContainer(PodInfo pod, String container) implements Effect {
        @Override
        public String perform(Hands hands) throws ChaosDaemonException {
            hands.daemon().killContainer(pod, container);
            return "";
        }
    }

    /** One that Chaos Mesh writes down for the node to do. */
    sealed interface Awaited extends Effect {

        /** Has the node do it. */
        void perform(ChaosDaemon daemon) throws ChaosDaemonException;

        @Override
        default String perform(Hands hands) throws ChaosDaemonException {
            perform(hands.daemon());
            return "";
        }

        @Override
        default boolean isAwaited() {
            return true;
        }
    }

    record ApplyNetwork(String source, PodInfo pod, NetworkFault fault) implements Awaited {
        @Override
        public void perform(ChaosDaemon daemon) throws ChaosDaemonException {
            daemon.applyNetwork(source, pod, fault);
        }
    }

    record ClearNetwork(String source, PodInfo pod) implements Awaited {
        @Override
        public void perform(ChaosDaemon daemon) throws ChaosDaemonException {
            daemon.clearNetwork(source, pod);
        }
    }

    record ApplyHttp(String source, PodInfo pod, HttpFault fault) implements Awaited {
        @Override
        public void perform(ChaosDaemon daemon) throws ChaosDaemonException {
            daemon.applyHttp(source, pod, fault);
        }
    }

    record ClearHttp(String source, PodInfo pod) implements Awaited {
        @Override
        public void perform(ChaosDaemon daemon) throws ChaosDaemonException {
            daemon.clearHttp(source, pod);
        }
    }

    record StartStressor(PodInfo pod, String container, StressorSpec spec) implements Effect {
        @Override
        public String perform(Hands hands) throws ChaosDaemonException {
            return hands.daemon().startStressor(pod, container, spec);
        }
    }

    record StopStressor(PodInfo pod, String container, String instance) implements Effect {
        @Override
        public String perform(Hands hands) throws ChaosDaemonException {
            hands.daemon().stopStressor(pod, container, instance);
            return "";
        }
    }
}
