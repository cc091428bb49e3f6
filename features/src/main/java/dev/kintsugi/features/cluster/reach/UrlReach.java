package dev.kintsugi.features.cluster.reach;

import dev.kintsugi.features.recording.DirectLine;
import dev.kintsugi.features.recording.Line;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;

/** Services by a URL that the user knows to lead there, such as an ingress; pods by another way. */
public final class UrlReach implements Reach {

    private final Vertx vertx;
    private final String template;
    private final Reach pods;

    /**
     * By a template.
     *
     * @param template a URL with {@code {service}} and {@code {namespace}} in it
     * @param pods the way to pods, which this one closes
     */
    public UrlReach(Vertx vertx, String template, Reach pods) {
        this.vertx = vertx;
        this.template = template;
        this.pods = pods;
    }

    @Override
    public Line line(Destination to, String method, String path, int perSecond, Duration timeout) {
        return to.isService()
                ? new DirectLine(vertx, method, url(template, to, path), perSecond, timeout)
                : pods.line(to, method, path, perSecond, timeout);
    }

    /** The template filled in; {@code path} replaces the slash at its end. */
    static URI url(String template, Destination to, String path) {
        String base = template.replace("{service}", to.name()).replace("{namespace}", to.namespace());
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    @Override
    public String describe() {
        return template + ", pods by " + pods.describe();
    }

    @Override
    public void close() {
        pods.close();
    }
}
