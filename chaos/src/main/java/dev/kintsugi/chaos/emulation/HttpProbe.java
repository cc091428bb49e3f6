package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.emulation.orchestration.Change;
import dev.kintsugi.chaos.mesh.Tree;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;

/** Executes the HTTP request of a status check. */
final class HttpProbe {
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();

    /** @param at when it is begun */
    Change.Probed execute(Change.HttpCheck check, Instant at) {
        try {
            HttpResponse<Void> answer = http.send(request(check), HttpResponse.BodyHandlers.discarding());
            return new Change.Probed(at, answer.statusCode(), "");
        } catch (IOException | IllegalArgumentException e) {
            return new Change.Probed(at, 0, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Change.Probed(at, 0, "interrupted");
        }
    }

    private static HttpRequest request(Change.HttpCheck check) {
        Tree spec = check.spec();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(spec.at("url").text("")))
                .timeout(Duration.ofSeconds(Math.max(1, check.timeoutSeconds())))
                .method(
                        spec.at("method").text("GET"),
                        HttpRequest.BodyPublishers.ofString(spec.at("body").text("")));
        spec.at("headers")
                .map()
                .forEach((name, values) -> new Tree(values).texts().forEach(value -> request.header(name, value)));
        return request.build();
    }
}
