package dev.kintsugi.features.cluster.embedded.network.http;

import dev.kintsugi.chaos.emulation.HttpFault;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.QueryStringEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** One rule in force: which messages it means, and what it makes of their heads (rs-tproxy's selector.rs and action.rs). */
final class HttpRule {

    private final HttpFault fault;
    private final Optional<Pattern> path;
    private final LongAdder met = new LongAdder();

    HttpRule(HttpFault fault) {
        this.fault = fault;
        this.path = fault.match().path().map(HttpRule::pattern);
    }

    private static Pattern pattern(String wildcards) {
        StringBuilder pattern = new StringBuilder();
        for (char c : wildcards.toCharArray()) {
            pattern.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL);
    }

    HttpFault fault() {
        return fault;
    }

    long met() {
        return met.sum();
    }

    void countMet() {
        met.increment();
    }

    boolean matches(HttpRequest request) {
        HttpFault.Match match = fault.match();
        return path.map(pattern -> pattern.matcher(path(request.uri())).matches())
                        .orElse(true)
                && match.method().map(method -> method.equals(request.method().name())).orElse(true)
                && hasAll(request.headers(), match.requestHeaders());
    }

    /** @param request that it answers, as it was when it was sent on */
    boolean matches(HttpRequest request, HttpResponse response) {
        HttpFault.Match match = fault.match();
        return matches(request)
                && match.code().map(code -> code == response.status().code()).orElse(true)
                && hasAll(response.headers(), match.responseHeaders());
    }

    private static boolean hasAll(HttpHeaders headers, Map<String, String> wanted) {
        return wanted.entrySet().stream()
                .allMatch(header -> headers.getAll(header.getKey()).contains(header.getValue()));
    }

    void alter(HttpRequest request) {
        HttpFault.Replace replace = fault.replace();
        replace.path().ifPresent(other -> request.setUri((other.isEmpty() ? "/" : other) + query(request.uri())));
        replace.method().ifPresent(method -> request.setMethod(HttpMethod.valueOf(method)));
        if (!replace.queries().isEmpty()) {
            request.setUri(withQueries(request.uri(), replace.queries()));
        }
        replaceHeaders(request.headers());
        for (HttpFault.Pair query : fault.patch().queries()) {
            QueryStringEncoder pair = new QueryStringEncoder("");
            pair.addParam(query.name(), query.value());
            String mark = request.uri().contains("?") ? "&" : "?";
            request.setUri(request.uri() + mark + pair.toString().substring(1));
        }
        addHeaders(request.headers());
    }

    void alter(HttpResponse response) {
        fault.replace().code().ifPresent(code -> response.setStatus(HttpResponseStatus.valueOf(code)));
        replaceHeaders(response.headers());
        addHeaders(response.headers());
    }

    private void replaceHeaders(HttpHeaders headers) {
        fault.replace().headers().forEach(headers::set);
    }

    private void addHeaders(HttpHeaders headers) {
        fault.patch().headers().forEach(header -> headers.add(header.name(), header.value()));
    }

    private static String path(String uri) {
        int mark = uri.indexOf('?');
        return mark < 0 ? uri : uri.substring(0, mark);
    }

    private static String query(String uri) {
        return uri.substring(path(uri).length());
    }

    private static String withQueries(String uri, Map<String, String> others) {
        Map<String, String> queries = new LinkedHashMap<>();
        new QueryStringDecoder(uri)
                .parameters()
                .forEach((name, values) -> queries.put(name, values.get(values.size() - 1)));
        queries.putAll(others);
        QueryStringEncoder encoder = new QueryStringEncoder(path(uri));
        queries.forEach(encoder::addParam);
        return encoder.toString();
    }
}
