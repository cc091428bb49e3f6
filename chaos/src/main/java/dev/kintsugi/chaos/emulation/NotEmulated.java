package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.model.Kind;

/** Why some kinds cannot honestly be brought about by processes on one machine. */
final class NotEmulated {

    private NotEmulated() {}

    /** For the author of the experiment. */
    static String reason(Kind kind) {
        String why =
                switch (kind) {
                    case IO_CHAOS -> "it puts a file system of its own between a container and its volume";
                    case DNS_CHAOS -> "it needs Chaos Mesh's DNS server in place of the cluster's";
                    case TIME_CHAOS -> "it changes what the processes of a container read from the kernel's clock";
                    case KERNEL_CHAOS -> "it loads a program into the node's kernel";
                    case JVM_CHAOS -> "it loads an agent of Chaos Mesh into the container's JVM";
                    case POD_CHAOS, NETWORK_CHAOS, STRESS_CHAOS, HTTP_CHAOS -> "this part of it is missing here";
                };
        return kind.text() + " is not emulated: " + why + "; it needs a cluster with Chaos Mesh";
    }
}
