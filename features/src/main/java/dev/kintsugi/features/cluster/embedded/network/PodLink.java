package dev.kintsugi.features.cluster.embedded.network;

import dev.kintsugi.chaos.emulation.HttpFault;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.Inet4Address;
import java.util.List;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The link of one pod: for each of its ports a front that relays byte streams to the process inside. A front listens only
 * while the process is known to run and accepts connections itself, so that a client is refused when it would be refused by
 * a real pod. Faults applied to the link act on new and on open connections at once.
 *
 * <p>Thread-safe; all state lives on one event loop. What a method asks for is in force when it returns (but see {@link
 * #up()}).
 */
public final class PodLink implements AutoCloseable {

    private final String namespace;
    private final String podName;
    private final Inet4Address podIp;
    private final EventLoop loop;
    private final LossyPath path;
    private final List<PortFront> fronts;
    private final Runnable onPathChange;
    private final Runnable onClose;

    PodLink(
            String namespace,
            String podName,
            Inet4Address podIp,
            Inet4Address insideIp,
            SortedSet<Integer> ports,
            EventLoops loops,
            long seed,
            PortFront.Callers callers,
            Runnable onPathChange,
            Runnable onClose) {
        this.namespace = namespace;
        this.podName = podName;
        this.podIp = podIp;
        this.loop = loops.next();
        this.path = new LossyPath(seed);
        this.onPathChange = onPathChange;
        this.onClose = onClose;
        this.fronts = ports.stream()
                .map(port -> new PortFront(loop, podIp, insideIp, port, namespace + "/" + podName, path, callers))
                .toList();
    }

    public String namespace() {
        return namespace;
    }

    public String podName() {
        return podName;
    }

    /** The pod's address in the cluster. */
    public Inet4Address podIp() {
        return podIp;
    }

    String pod() {
        return namespace + "/" + podName;
    }

    /**
     * The process was started: each front opens as soon as the process accepts connections on that port, and closes and
     * waits again when it stops to.
     *
     * @return completes when every port is open; exceptionally when a front cannot be bound (which is logged too) or when
     *     {@link #down()} comes first. It stays incomplete while there is a port on which the process does not listen.
     */
    public CompletionStage<Void> up() {
        List<CompletableFuture<Void>> open = fronts.stream().map(this::up).toList();
        return CompletableFuture.allOf(open.toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> up(PortFront front) {
        CompletableFuture<Void> open = new CompletableFuture<>();
        loop.execute(() -> front.up(open));
        return open;
    }

    /**
     * The process has ended: new connections are refused from now on. Open ones end as the process's own kernel ended them
     * (what it had sent arrives, then the end of the stream or a reset); any that outlive it are reset.
     */
    public void down() {
        onLoop(() -> fronts.forEach(PortFront::down));
    }

    /**
     * Puts a fault in force for every connection of the pod, new or open, or replaces the one of this id: for those that reach the
     * pod, and for those by which it reaches other pods, if its process uses its own address for them.
     *
     * @param id names the fault, for example the experiment that asked for it
     */
    public void apply(String id, LinkFault fault) {
        path.apply(id, fault);
        onPathChange.run();
    }

    /** Ends the fault of this id, if there is one. What was lost until now is retransmitted when TCP's timers say so. */
    public void clear(String id) {
        path.clear(id);
        onPathChange.run();
    }

    /** Has the connections take note that faults of this or another link were applied or cleared. */
    void pathChanged() {
        onLoop(() -> fronts.forEach(PortFront::pathChanged));
    }

    LossyPath path() {
        return path;
    }

    /**
     * Puts a rule on HTTP messages in force on one port, for new connections and, from their next request on, for open ones; or
     * replaces the one of this id.
     *
     * @throws IllegalArgumentException if the link does not know the port
     */
    public void applyHttp(String id, HttpFault fault) {
        PortFront on = fronts.stream()
                .filter(front -> front.port() == fault.port())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("pod " + pod() + " has no port " + fault.port()
                        + "; its ports are "
                        + fronts.stream().map(PortFront::port).toList()));
        fronts.stream().filter(front -> front != on).forEach(front -> front.rules().clear(id));
        on.rules().apply(id, fault);
        onLoop(() -> fronts.forEach(PortFront::rulesChanged));
    }

    /** Ends the rule of this id, if there is one. A message that is held back still comes when it would have. */
    public void clearHttp(String id) {
        fronts.forEach(front -> front.rules().clear(id));
        onLoop(() -> fronts.forEach(PortFront::rulesChanged));
    }

    /** How many messages each rule on HTTP that is in force has met so far, by its id. */
    public Map<String, Long> httpMet() {
        Map<String, Long> met = new LinkedHashMap<>();
        fronts.forEach(front -> met.putAll(front.rules().met()));
        return met;
    }

    /** The faults in force by id, in the order in which packets meet them. */
    public Map<String, LinkFault> faults() {
        return path.faults();
    }

    /** What the path did so far. */
    public LinkStatistics statistics() {
        return path.statistics();
    }

    /** What each fault in force did so far, by its id. */
    public Map<String, FaultStatistics> faultStatistics() {
        return path.faultStatistics();
    }

    /** Takes the link away: connections are reset, fronts closed, and the address is free. */
    @Override
    public void close() {
        onClose.run();
        if (!loop.isShuttingDown()) {
            onLoop(() -> fronts.forEach(PortFront::close));
            EventLoops.settle(loop);
        }
    }

    private void onLoop(Runnable change) {
        if (loop.inEventLoop()) {
            change.run();
        } else if (!loop.isShuttingDown()) {
            loop.submit(change).syncUninterruptibly();
        }
    }

    void requireFrontsFree() throws IOException {
        for (PortFront front : fronts) {
            front.requireFree();
        }
    }
}
