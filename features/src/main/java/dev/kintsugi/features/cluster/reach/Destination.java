package dev.kintsugi.features.cluster.reach;

/**
 * Something in a cluster that answers HTTP requests.
 *
 * @param plural {@code services} or {@code pods}
 * @param name of the Service or pod
 * @param ip cluster IP or pod IP
 * @param port of the Service, or of the container
 */
public record Destination(String plural, String namespace, String name, String ip, int port) {

    static final String SERVICES = "services";
    static final String PODS = "pods";

    /** A Service by its cluster IP. */
    public static Destination service(String namespace, String name, String clusterIp, int port) {
        return new Destination(SERVICES, namespace, name, clusterIp, port);
    }

    /** One pod, past any Service. */
    public static Destination pod(String namespace, String name, String podIp, int port) {
        return new Destination(PODS, namespace, name, podIp, port);
    }

    boolean isService() {
        return plural.equals(SERVICES);
    }

    @Override
    public String toString() {
        return plural.substring(0, plural.length() - 1) + " " + namespace + "/" + name + " port " + port;
    }
}
