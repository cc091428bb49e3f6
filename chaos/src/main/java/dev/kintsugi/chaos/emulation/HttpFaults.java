package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.chaos.model.InvalidExperiment;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Reads what an HTTPChaos does to the messages of its targets. */
final class HttpFaults {
    private HttpFaults() {}

    /**
     * The rule that a spec asks for.
     *
     * @throws InvalidExperiment when a field means nothing, or means what cannot be done here
     */
    static HttpFault of(Tree spec) {
        if (spec.at("tls").exists()) {
            throw new InvalidExperiment(
                    "spec.tls",
                    spec.at("tls").map(),
                    "the traffic of the embedded cluster is not encrypted",
                    "leave tls out, or use a cluster with Chaos Mesh");
        }
        int port = (int) spec.at("port").number(0);
        if (port < 1 || port > 65535) {
            throw new InvalidExperiment(
                    "spec.port", port, "must be from 1 to 65535", "give the port on which the pod serves");
        }
        String delay = spec.at("delay").text("");
        return new HttpFault(
                spec.at("target").text("").equals("Response") ? HttpFault.Target.RESPONSE : HttpFault.Target.REQUEST,
                port,
                new HttpFault.Match(
                        text(spec.at("path")),
                        text(spec.at("method")),
                        number(spec.at("code")),
                        spec.at("request_headers").textMap(),
                        spec.at("response_headers").textMap()),
                Boolean.TRUE.equals(spec.at("abort").value()),
                delay.isEmpty() ? Duration.ZERO : GoDuration.parse("spec.delay", delay),
                replace(spec.at("replace")),
                patch(spec.at("patch")));
    }

    private static HttpFault.Replace replace(Tree replace) {
        Optional<String> body = text(replace.at("body"));
        try {
            body.ifPresent(Base64.getDecoder()::decode);
        } catch (IllegalArgumentException e) {
            throw new InvalidExperiment(
                    "spec.replace.body", body.orElse(""), "is not base64", "encode the body with base64");
        }
        return new HttpFault.Replace(
                text(replace.at("path")),
                text(replace.at("method")),
                replace.at("queries").textMap(),
                number(replace.at("code")),
                replace.at("headers").textMap(),
                body);
    }

    private static HttpFault.Patch patch(Tree patch) {
        return new HttpFault.Patch(
                pairs("spec.patch.queries", patch.at("queries")),
                pairs("spec.patch.headers", patch.at("headers")),
                text(patch.at("body", "value")));
    }

    private static List<HttpFault.Pair> pairs(String field, Tree list) {
        return list.elements().stream()
                .map(pair -> {
                    List<String> texts = pair.texts();
                    if (texts.size() != 2) {
                        throw new InvalidExperiment(
                                field, texts, "must be a list of pairs", "give such as [[\"name\", \"value\"]]");
                    }
                    return new HttpFault.Pair(texts.get(0), texts.get(1));
                })
                .toList();
    }

    private static Optional<String> text(Tree place) {
        return Optional.ofNullable(place.text());
    }

    private static Optional<Integer> number(Tree place) {
        return place.value() instanceof Number number ? Optional.of(number.intValue()) : Optional.empty();
    }
}
