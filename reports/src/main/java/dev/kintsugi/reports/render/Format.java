package dev.kintsugi.reports.render;

import dev.kintsugi.reports.json.RunJson;
import dev.kintsugi.reports.model.Run;

/** The forms in which a run is reported, and the names of their files. */
public enum Format {
    /** For programs, and to be compared with later. */
    JSON("run.json"),
    /** For a person; needs nothing but a browser. */
    HTML("report.html"),
    /** For a build server. */
    JUNIT("junit.xml"),
    /** For a comment on a pull request. */
    MARKDOWN("summary.md");

    private final String fileName;

    Format(String fileName) {
        this.fileName = fileName;
    }

    public String fileName() {
        return fileName;
    }

    public String render(Run run) {
        return switch (this) {
            case JSON -> RunJson.write(run);
            case HTML -> Html.render(run);
            case JUNIT -> JUnitXml.render(run);
            case MARKDOWN -> Markdown.render(run);
        };
    }
}
