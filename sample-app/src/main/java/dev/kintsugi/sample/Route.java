package dev.kintsugi.sample;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A method and a path, what they take and what answers them.
 *
 * @param control whether it is answered even while the app hangs
 */
record Route(String method, String path, boolean control, List<Parameter<?>> parameters, Endpoint endpoint) {

    /** Answers a request, later if it likes; no thread is held meanwhile. */
    interface Endpoint {
        CompletionStage<Answer> answer(Request request);
    }

    /** @param accept the header of that name, empty when there is none */
    record Request(Parameters parameters, String accept) {}

    /** A page the hang fault holds back, as it does in a real hung process. */
    static Route page(String path, List<Parameter<?>> parameters, Endpoint endpoint) {
        return new Route("GET", path, false, parameters, endpoint);
    }

    static Route control(
            String method, String path, List<Parameter<?>> parameters, Function<Parameters, Answer> endpoint) {
        return new Route(
                method,
                path,
                true,
                parameters,
                request -> CompletableFuture.completedFuture(endpoint.apply(request.parameters())));
    }

    /** HEAD is answered wherever GET is (RFC 9110, 9.1). */
    boolean takes(String requested) {
        return method.equals(requested) || (method.equals("GET") && requested.equals("HEAD"));
    }

    String allowed() {
        return method.equals("GET") ? "GET, HEAD" : method;
    }
}
