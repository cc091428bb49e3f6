package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of StatusCheck: HTTP is the only type, with a URL and a status code or an inclusive range of them. */
final class StatusCheckRules {
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,9}");
    private static final Pattern RANGE = Pattern.compile("([^-]*)-(.*)", Pattern.DOTALL);

    private StatusCheckRules() {}

    static List<String> errors(Tree spec) {
        FieldErrors errors = new FieldErrors();
        check(errors, spec);
        return errors.all();
    }

    static void check(FieldErrors errors, Tree spec) {
        Tree http = spec.at("http");
        if (!spec.at("type").text("").equals("HTTP")) {
            String type = spec.at("type").text("");
            errors.invalid("Spec.type", type, "unrecognized type: " + type);
        } else if (!http.exists()) {
            errors.invalid("Spec.http", null, "the detail of http status check is required");
        }
        errors.duration("Spec.Duration", spec.at("duration"));
        if (http.exists()) {
            url(errors, http.at("url").text(""));
            statusCode(errors, http.at("criteria", "statusCode").text(""));
        }
    }

    private static void url(FieldErrors errors, String url) {
        String path = "Spec.EmbedStatusCheck.HTTPStatusCheck.url";
        if (url.isEmpty()) {
            errors.invalid(path, url, "request url is required");
        } else if (!isRequestUri(url)) {
            errors.invalid(path, url, "invalid http request url");
        }
    }

    /** As Go's ParseRequestURI: an absolute URI or an absolute path. */
    private static boolean isRequestUri(String url) {
        try {
            URI uri = new URI(url);
            return uri.isAbsolute() || url.startsWith("/");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void statusCode(FieldErrors errors, String text) {
        String path = "Spec.EmbedStatusCheck.HTTPStatusCheck.Criteria.StatusCode";
        String problem = problemOfStatusCode(text);
        if (!problem.isEmpty()) {
            errors.invalid(path, text, problem);
        }
    }

    private static String problemOfStatusCode(String text) {
        if (text.isEmpty()) {
            return "status code is required";
        }
        String prefix = "incorrect status code format: ";
        if (INTEGER.matcher(text).matches()) {
            return isStatusCode(text) ? "" : prefix + "invalid status code";
        }
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return prefix + "not a single number or a range";
        }
        for (int end = 1; end <= 2; end++) {
            if (!INTEGER.matcher(range.group(end)).matches()) {
                return prefix + "strconv.Atoi: parsing \"" + range.group(end) + "\": invalid syntax";
            }
        }
        return isStatusCode(range.group(1)) && isStatusCode(range.group(2)) ? "" : prefix + "invalid status code range";
    }

    private static boolean isStatusCode(String number) {
        int code = Integer.parseInt(number);
        return code > 0 && code < 1000;
    }
}
