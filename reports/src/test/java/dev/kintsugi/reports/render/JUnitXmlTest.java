package dev.kintsugi.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.SampleRun;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class JUnitXmlTest {

    @Test
    void eachScenarioIsACaseAndEachVerdictHasItsElement() throws Exception {
        Document xml = parse(SampleRun.run());

        assertThat(at(xml, "count(/testsuites/testsuite/testcase)")).isEqualTo("7");
        assertThat(at(xml, "/testsuites/testsuite/@failures")).isEqualTo("1");
        assertThat(at(xml, "/testsuites/testsuite/@errors")).isEqualTo("1");
        assertThat(at(xml, "/testsuites/testsuite/@skipped")).isEqualTo("1");
        assertThat(at(xml, "//testcase[@classname='pod/pod-kill:killed-pod']/failure"))
                .isEmpty();
        assertThat(at(xml, "//testcase[@classname='pod/crash-loop:late']/failure/@message"))
                .isEqualTo("recovery took up to 31.05 s, the bound is 10 s");
        assertThat(at(xml, "//testcase[@classname='pod/crash-loop:late']/failure"))
                .contains(
                        "did not hold: at most 50 % of the requests fail",
                        "left behind: podchaos", "replay: features/kintsugi");
        assertThat(at(xml, "//testcase[@classname='pod/nothing-selected:typo']/error/@message"))
                .contains("matches no pod");
        assertThat(at(xml, "count(//testcase[@classname='pod/nothing-selected:typo']/failure)"))
                .isEqualTo("0");
        assertThat(at(xml, "//testcase[@classname='network/dns:wrong-answers']/skipped/@message"))
                .isEqualTo("needs a cluster with DNSChaos");
    }

    @Test
    void phasesAreProperties() throws Exception {
        Document xml = parse(SampleRun.run());
        String properties = "//testcase[@classname='pod/pod-kill:killed-pod']/properties/property";

        assertThat(at(xml, properties + "[@name='firstGood.millis']/@value")).isEqualTo("1931.6");
        assertThat(at(xml, properties + "[@name='firstGood.boundMillis']/@value"))
                .isEqualTo("20.0");
        assertThat(at(xml, properties + "[@name='recovery.millis']/@value")).isEqualTo("1931.6");
    }

    @Test
    void whateverStandsInANameIsTextAndWhatXmlCannotHoldIsReplaced() throws Exception {
        String name = "<script>\"&' ]]> \u0000\u001b[31m\uFFFE \uD800 😀";
        ScenarioResult scenario = ScenarioResult.builder("a", name, Instant.EPOCH, 1)
                .verdict(Verdict.FAILED, name)
                .build();

        Document xml = parse(SampleRun.of(scenario));

        String shown = "<script>\"&' ]]> \uFFFD\uFFFD[31m\uFFFD \uFFFD 😀";
        assertThat(at(xml, "//testcase/@name")).isEqualTo(shown);
        assertThat(at(xml, "//testcase/failure/@message")).isEqualTo(shown);
        assertThat(at(xml, "//testcase/failure")).startsWith(shown);
    }

    @Test
    void aRunOfNothingIsStillADocument() throws Exception {
        assertThat(at(parse(SampleRun.of(new ScenarioResult[0])), "/testsuites/@tests"))
                .isEqualTo("0");
        assertThat(List.of(Format.values()))
                .allSatisfy(format -> assertThat(format.render(SampleRun.of())).isNotBlank());
    }

    private static Document parse(Run run) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(JUnitXml.render(run))));
    }

    private static String at(Document xml, String path) throws Exception {
        return XPathFactory.newInstance().newXPath().evaluate(path, xml);
    }
}
