package dev.kintsugi.healer.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever stands in a Secret: it is read, or refused with a reason; nothing else happens. */
class HelmInputsPropertiesTest {

    private static final byte[] GOOD = Base64.getDecoder()
            .decode(Recording.of("31-upgrade-drops-kept").revision(2).data());

    @Property(tries = 300)
    void damagedPayloadIsReadOrRefused(@ForAll @IntRange(max = 20_000) int place, @ForAll byte value) {
        byte[] bytes = GOOD.clone();
        bytes[place % bytes.length] = value;
        assertReadOrRefused(Base64.getEncoder().encodeToString(bytes));
    }

    @Property(tries = 300)
    void anyJsonIsReadOrRefused(@ForAll("jsons") String json) {
        Base64.Encoder base64 = Base64.getEncoder();
        assertReadOrRefused(base64.encodeToString(base64.encode(json.getBytes(StandardCharsets.UTF_8))));
    }

    @Property(tries = 500)
    void anyManifestIsReadOrRefused(@ForAll("yamls") String yaml) {
        try {
            assertThat(Manifest.parse(yaml)).allMatch(object -> !object.name().isEmpty());
        } catch (MalformedManifestException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<String> jsons() {
        Arbitrary<String> value = Arbitraries.of(
                "1",
                "0",
                "-1",
                "2147483647",
                "1e9",
                "\"web\"",
                "\"\"",
                "null",
                "[]",
                "{}",
                "[1]",
                "[{}]",
                "true",
                "\"2026-11-21T03:46:01Z\"",
                "\"+999999999-12-31T23:59:59Z\"",
                "{\"status\":\"failed\",\"last_deployed\":\"2026-11-21T03:46:01Z\"}");
        return Arbitraries.maps(
                        Arbitraries.of("name", "namespace", "version", "info", "manifest", "hooks", "chart", "config"),
                        value)
                .map(fields -> {
                    StringBuilder json = new StringBuilder("{");
                    fields.forEach((name, one) -> json.append(json.length() > 1 ? "," : "")
                            .append('"')
                            .append(name)
                            .append("\":")
                            .append(one));
                    return json.append('}').toString();
                });
    }

    @Provide
    Arbitrary<String> yamls() {
        return Arbitraries.of(
                        "a",
                        "0x_",
                        "0o_",
                        "0b_",
                        "0_",
                        "1_000",
                        "-",
                        ": ",
                        "\n",
                        "  ",
                        "- ",
                        "{",
                        "}",
                        "[",
                        "]",
                        "&x ",
                        "*x",
                        "<<: ",
                        "!!int ",
                        "!!map ",
                        "!!set ",
                        "!!binary ",
                        "? ",
                        "---\n",
                        "...\n",
                        "'",
                        "\"",
                        "#",
                        "|\n",
                        ">\n",
                        "kind: A\n",
                        "apiVersion: v1\n",
                        "metadata: {name: a}\n",
                        "items:\n",
                        "kind: List\n",
                        "~",
                        "yes",
                        ".5",
                        "1e999",
                        "\t",
                        "%YAML 1.1\n")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    private static void assertReadOrRefused(String data) {
        try {
            Release release = ReleasePayload.decode("shop/s", data);
            assertThat(Release.rollback(release, release, release.lastDeployed())
                            .version())
                    .isPositive();
            assertThat(release.hooks()).isNotNull();
        } catch (UnreadableReleaseException e) {
            assertThat(e.getMessage()).startsWith("Secret shop/s holds no release that can be read: ");
        }
    }
}
