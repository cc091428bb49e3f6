package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.Expectation;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.io.StringWriter;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * {@code junit.xml} in the form that build servers read: one case per scenario, its marks as properties in milliseconds.
 * Failed is a failure; inconclusive is an error, since nothing was shown about the workload; skipped is skipped.
 */
final class JUnitXml {

    private JUnitXml() {}

    static String render(Run run) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            line(xml, 0);
            xml.writeStartElement("testsuites");
            totals(xml, run);
            line(xml, 1);
            xml.writeStartElement("testsuite");
            totals(xml, run);
            attribute(xml, "timestamp", run.startedAt().toString());
            properties(xml, run);
            for (ScenarioResult scenario : run.scenarios()) {
                testcase(xml, scenario);
            }
            line(xml, 1);
            xml.writeEndElement();
            line(xml, 0);
            xml.writeEndElement();
            line(xml, 0);
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return text.toString();
    }

    private static void totals(XMLStreamWriter xml, Run run) throws XMLStreamException {
        attribute(xml, "name", "kintsugi");
        attribute(xml, "tests", String.valueOf(run.scenarios().size()));
        attribute(xml, "failures", String.valueOf(run.count(Verdict.FAILED)));
        attribute(xml, "errors", String.valueOf(run.count(Verdict.INCONCLUSIVE)));
        attribute(xml, "skipped", String.valueOf(run.count(Verdict.SKIPPED)));
        attribute(xml, "time", seconds(run.tookMillis()));
    }

    private static void properties(XMLStreamWriter xml, Run run) throws XMLStreamException {
        line(xml, 2);
        xml.writeStartElement("properties");
        property(xml, 3, "run", run.id());
        property(xml, 3, "seed", String.valueOf(run.seed()));
        property(xml, 3, "cluster", run.environment().cluster());
        property(xml, 3, "kubernetesVersion", run.environment().kubernetesVersion());
        property(xml, 3, "timings", run.environment().timings());
        property(xml, 3, "way", run.environment().way());
        line(xml, 2);
        xml.writeEndElement();
    }

    private static void testcase(XMLStreamWriter xml, ScenarioResult scenario) throws XMLStreamException {
        line(xml, 2);
        xml.writeStartElement("testcase");
        attribute(xml, "name", scenario.title());
        attribute(xml, "classname", scenario.id());
        attribute(xml, "time", seconds(scenario.tookMillis()));
        if (!scenario.feature().isEmpty()) {
            attribute(xml, "file", scenario.feature());
        }
        line(xml, 3);
        xml.writeStartElement("properties");
        for (Mark mark : scenario.marks()) {
            String name = camelCase(mark.name().name());
            property(xml, 4, name + ".millis", String.valueOf(mark.atMillis()));
            property(xml, 4, name + ".boundMillis", String.valueOf(mark.boundMillis()));
        }
        if (scenario.recovery() != null) {
            property(
                    xml,
                    4,
                    "recovery.millis",
                    String.valueOf(scenario.recovery().millis()));
            property(
                    xml,
                    4,
                    "recovery.boundMillis",
                    String.valueOf(scenario.recovery().boundMillis()));
        }
        if (scenario.users() != null) {
            property(xml, 4, "users.sent", String.valueOf(scenario.users().sent()));
            property(xml, 4, "users.failed", String.valueOf(scenario.users().failed()));
        }
        property(xml, 4, "seed", String.valueOf(scenario.seed()));
        line(xml, 3);
        xml.writeEndElement();
        outcome(xml, scenario);
        line(xml, 2);
        xml.writeEndElement();
    }

    private static void outcome(XMLStreamWriter xml, ScenarioResult scenario) throws XMLStreamException {
        String element = element(scenario.verdict());
        if (element == null) {
            return;
        }
        line(xml, 3);
        xml.writeStartElement(element);
        attribute(xml, "message", String.valueOf(scenario.reason()));
        if (scenario.verdict() != Verdict.SKIPPED) {
            attribute(xml, "type", Words.of(scenario.verdict()));
            xml.writeCharacters(clean(details(scenario)));
        }
        xml.writeEndElement();
    }

    private static @Nullable String element(Verdict verdict) {
        return switch (verdict) {
            case PASSED -> null;
            case FAILED -> "failure";
            case INCONCLUSIVE -> "error";
            case SKIPPED -> "skipped";
        };
    }

    private static String details(ScenarioResult scenario) {
        String unmet = scenario.expectations().stream()
                .filter(e -> !e.passed())
                .map((Expectation e) -> "did not hold: " + e.text() + " (" + e.evidence() + ")\n")
                .collect(Collectors.joining());
        String residue =
                scenario.residue().stream().map(r -> "left behind: " + r + "\n").collect(Collectors.joining());
        return scenario.reason() + "\n" + unmet + residue + "replay: " + scenario.replay();
    }

    private static void property(XMLStreamWriter xml, int depth, String name, String value) throws XMLStreamException {
        line(xml, depth);
        xml.writeEmptyElement("property");
        attribute(xml, "name", name);
        attribute(xml, "value", value);
    }

    private static void attribute(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, clean(value));
    }

    private static void line(XMLStreamWriter xml, int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }

    /** What XML 1.0 cannot hold, even escaped, becomes the replacement character (XML 1.0, section 2.2, Char). */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == '\t'
                                || c == '\n'
                                || c == '\r'
                                || (c >= 0x20 && c <= 0xD7FF)
                                || (c >= 0xE000 && c <= 0xFFFD)
                                || c >= 0x10000
                        ? c
                        : 0xFFFD)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static String camelCase(String constant) {
        StringBuilder name = new StringBuilder();
        for (String word : constant.toLowerCase(Locale.ROOT).split("_", -1)) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }

    private static String seconds(double millis) {
        return String.format(Locale.ROOT, "%.3f", millis / 1_000);
    }
}
