package dev.kintsugi.features.cluster.reach;

import dev.kintsugi.features.recording.DirectLine;
import dev.kintsugi.features.recording.Line;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;

/** Straight to cluster and pod IPs: from this machine where they are routed, or from within the cluster. */
public final class DirectReach implements Reach {

    private final Vertx vertx;

    /** @param vertx which stays open */
    public DirectReach(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Line line(Destination to, String method, String path, int perSecond, Duration timeout) {
        String host = to.ip().contains(":") ? "[" + to.ip() + "]" : to.ip();
        return new DirectLine(vertx, method, URI.create("http://" + host + ":" + to.port() + path), perSecond, timeout);
    }

    @Override
    public String describe() {
        return "direct";
    }

    @Override
    public void close() {}
}
