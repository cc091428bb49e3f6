package dev.kintsugi.reports.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.kintsugi.reports.SampleRun;
import dev.kintsugi.reports.model.Run;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunJsonTest {

    private static final String SAMPLE = RunJson.write(SampleRun.run());

    @Test
    void whatIsWrittenIsReadBackUnchanged() {
        assertThat(read(SAMPLE)).isEqualTo(SampleRun.run());
        assertThat(RunJson.write(read(SAMPLE))).isEqualTo(SAMPLE);
    }

    @Test
    void fieldsAreNamedAsPublished() throws IOException {
        JsonNode scenario = new ObjectMapper().readTree(SAMPLE).at("/scenarios/0");

        assertThat(scenario.at("/id").asText()).isEqualTo("pod/pod-kill:killed-pod");
        assertThat(scenario.at("/verdict").asText()).isEqualTo("passed");
        assertThat(scenario.at("/marks").findValuesAsText("name"))
                .containsExactly("injected", "effect", "replaced", "ready", "endpoint", "firstGood", "verified");
        assertThat(scenario.at("/marks/5/atMillis").doubleValue()).isEqualTo(1_931.6);
        assertThat(scenario.at("/marks/5/boundMillis").doubleValue()).isEqualTo(20.0);
        assertThat(scenario.at("/recovery/millis").doubleValue()).isEqualTo(1_931.6);
        assertThat(scenario.at("/recovery/boundMillis").doubleValue()).isEqualTo(26.2);
        assertThat(scenario.at("/users/longestOutageMillis").doubleValue()).isEqualTo(180.0);
        assertThat(scenario.at("/verification/dependencies").asText()).isEqualTo("passed");
        assertThat(scenario.at("/residue").isArray()).isTrue();
        assertThat(new ObjectMapper()
                        .readTree(SAMPLE)
                        .at("/scenarios/4/verification/dependencies")
                        .asText())
                .isEqualTo("notRun");
    }

    @Test
    void whatIsWrittenFitsThePublishedSchema() throws IOException {
        assertThat(validate(SAMPLE)).isEmpty();
        assertThat(validate(RunJson.write(SampleRun.of()))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "verdict" : "passed"    | "verdict" : "pased"       | $.scenarios[0].verdict
                    "name" : "firstGood"    | "name" : "first"          | $.scenarios[0].marks[5].name
                    "atMillis" : 1931.6     | "atMillis" : "1931.6"     | $.scenarios[0].marks[5].atMillis
                    "longestOutageMillis" : | "longestOutage" :         | $.scenarios[0].users
                    kintsugi.dev/run/v1     | kintsugi.dev/run/v2       | $.schema
                    """)
    void theSchemaRefusesWhatIsNotARun(String right, String wrong, String where) throws IOException {
        assertThat(validate(replaceFirst(right, wrong)))
                .extracting(ValidationMessage::getMessage)
                .anyMatch(m -> m.contains(where));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "verdict" : "passed"    | "verdict" : "pased"       | scenarios[0].verdict: "pased" is not one of passed, failed, inconclusive, skipped
                    "name" : "firstGood"    | "name" : "first"          | "first" is not one of injected, effect, detected, acted, replaced, ready, endpoint, firstGood, verified
                    "atMillis" : 1931.6     | "atMillis" : "1931.6"     | scenarios[0].marks[5].atMillis
                    "atMillis" : 1931.6     | "atMillis" : -3           | atMillis is -3.0, must be 0 or more
                    "atMillis" : 1931.6     | "atMillis" : null         | scenarios[0].marks[5].atMillis: is missing
                    "atMillis" : 1931.6     | "atMillis" : 1, "at" : 2  | scenarios[0].marks[5].at: unknown field; known are atMillis, boundMillis, evidence, name
                    "sent" : 712            | "sent" : 712.5            | scenarios[0].users.sent
                    "residue" :             | "residues" : [], "residue" : | scenarios[0].residues: unknown field
                    "startedAt" : "2026     | "startedAt" : "soon 2026  | startedAt
                    kintsugi.dev/run/v1     | kintsugi.dev/run/v2       | has the schema kintsugi.dev/run/v2; this version of Kintsugi reads kintsugi.dev/run/v1 only
                    "schema" :              | "scheme" :                | the field "schema" (kintsugi.dev/run/v1) is missing
                    """)
    void aWrongFieldIsRefusedWithItsPlaceAndWhatWouldBeRight(String right, String wrong, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(replaceFirst(right, wrong)))
                .withMessageContaining(message);
    }

    @Test
    void aMissingFieldIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(SAMPLE.replaceFirst("\"residue\" : \\[ \\],", "")))
                .withMessageContaining("scenarios[0]: residue is missing");
    }

    @Test
    void whatIsCutOffIsRefusedWithTheLine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(SAMPLE.substring(0, SAMPLE.length() / 2)))
                .withMessageContaining("(line ");
    }

    @Test
    void whatIsNoJsonObjectIsRefused() {
        for (String text : new String[] {"", "null", "[]", "42", "{}", "<html>", "{\"schema\":", "\u0000"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> read(text));
        }
    }

    @Test
    void endlessNestingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("{\"scenarios\":" + "[".repeat(100_000)))
                .withMessageContaining("nesting");
    }

    @Test
    void aRefusalNeitherSendsEscapeSequencesNorFillsTheScreen() {
        for (String text : new String[] {"{\"schema\":\"%s\"}", "{\"schema\":\"kintsugi.dev/run/v1\",\"%s\":1}"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> read(text.formatted("\\u001b[2J" + "x".repeat(10_000))))
                    .satisfies(
                            e -> assertThat(e.getMessage()).hasSizeLessThan(700).doesNotContain("\u001b"));
        }
    }

    @Test
    void aFieldThatIsThereTwiceIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(replaceFirst("\"seed\" : 42,", "\"seed\" : 42, \"seed\" : 43,")))
                .withMessageContaining("seed");
    }

    private static String replaceFirst(String right, String wrong) {
        assertThat(SAMPLE).contains(right);
        int at = SAMPLE.indexOf(right);
        return SAMPLE.substring(0, at) + wrong + SAMPLE.substring(at + right.length());
    }

    private static Run read(String json) {
        return RunJson.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Set<ValidationMessage> validate(String json) throws IOException {
        try (InputStream in = Objects.requireNonNull(RunJson.class.getResourceAsStream(RunJson.SCHEMA_RESOURCE))) {
            JsonSchema schema =
                    JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(in);
            return schema.validate(json, InputFormat.JSON, context -> context.getExecutionConfig()
                    .setFormatAssertionsEnabled(true));
        }
    }
}
