package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.Run;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/** {@code report.html}: one file that needs nothing else, with the templates {@code src/main/jte}. */
final class Html {

    private static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Html.class.getClassLoader(), Html.class.getPackageName());
    private static final String STYLE = resource("report.css");
    private static final String SCRIPT = resource("report.js");

    private Html() {}

    static String render(Run run) {
        StringOutput html = new StringOutput(1 << 18);
        TEMPLATES.render("report.jte", new Page(run, STYLE, SCRIPT, sha256(SCRIPT)), html);
        return html.toString();
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Html.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
