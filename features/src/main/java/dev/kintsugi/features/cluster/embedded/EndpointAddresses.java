package dev.kintsugi.features.cluster.embedded;

/**
 * How a pod's address stands in Endpoints and EndpointSlices. The pods of this machine have loopback addresses. A Kubernetes API server
 * takes such a one in a pod's status, but in no endpoint: "may not be in the loopback range (127.0.0.0/8, ::1/128)" ({@code
 * ValidateNonSpecialIP} in {@code pkg/apis/core/validation}). What is written there and what is dialled is therefore told apart, here
 * and nowhere else.
 */
public enum EndpointAddresses {

    /** As in the pod's status: the project's own API server takes it. */
    SAME("127.", "127."),

    /** {@code 10.b.c.d} for {@code 127.b.c.d}: a real API server takes it, and nobody dials it but by way of this. */
    PRIVATE("127.", "10.");

    private final String loopback;
    private final String written;

    EndpointAddresses(String loopback, String written) {
        this.loopback = loopback;
        this.written = written;
    }

    /** What stands in an endpoint for a pod with this address. An address outside of the loopback range stands for itself. */
    public String written(String podIp) {
        return exchanged(podIp, loopback, written);
    }

    /** What to dial for an address that stands in an endpoint. */
    public String dialled(String endpoint) {
        return exchanged(endpoint, written, loopback);
    }

    private static String exchanged(String address, String from, String to) {
        return address.startsWith(from) ? to + address.substring(from.length()) : address;
    }
}
