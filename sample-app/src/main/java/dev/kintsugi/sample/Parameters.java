package dev.kintsugi.sample;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The parameters one request gave, in its query or its form. */
record Parameters(Map<String, String> given) {

    /**
     * Reads {@code application/x-www-form-urlencoded} texts. Each name must be one of {@code known} and given once; every
     * value must be good, so that a request with a mistake changes nothing.
     */
    static Parameters parse(List<Parameter<?>> known, String... encodedTexts) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String encoded : encodedTexts) {
            for (String pair : encoded.split("&", -1)) {
                if (!pair.isBlank()) {
                    int equals = pair.indexOf('=');
                    String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                    String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
                    if (given.put(name, value) != null) {
                        throw Refusal.badParameter(name, value, "the only value: it is given twice");
                    }
                }
            }
        }
        for (Map.Entry<String, String> each : given.entrySet()) {
            known.stream()
                    .filter(parameter -> parameter.name().equals(each.getKey()))
                    .findAny()
                    .orElseThrow(() -> unknown(each.getKey(), each.getValue(), known))
                    .read(each.getValue());
        }
        return new Parameters(Map.copyOf(given));
    }

    <T> T get(Parameter<T> parameter) {
        return parameter.read(text(parameter));
    }

    String text(Parameter<?> parameter) {
        return given.getOrDefault(parameter.name(), parameter.fallback());
    }

    private static Refusal unknown(String name, String value, List<Parameter<?>> known) {
        String expected = known.isEmpty()
                ? "expected here: there are no parameters"
                : "expected here: known are "
                        + known.stream().map(Parameter::name).collect(Collectors.joining(", "));
        return Refusal.badParameter(name, value, expected);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException badEscape) {
            throw Refusal.badParameter(text, text, "URL-encoded: " + badEscape.getMessage());
        }
    }
}
