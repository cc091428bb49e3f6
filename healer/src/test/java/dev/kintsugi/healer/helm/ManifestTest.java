package dev.kintsugi.healer.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestTest {

    @Test
    void objectsOfAReleaseAreReadInOrder() throws Exception {
        Release release = Recording.of("03-upgrade-fails-wait").revision(3).read();
        assertThat(Manifest.parse(release.manifest()))
                .extracting(Object::toString)
                .containsExactly("ConfigMap web-config", "ConfigMap web-extra-three", "Service web", "Deployment web");
    }

    @Test
    void scalarsAreUnderstoodAsHelmDoes() throws Exception {
        ManifestObject object = only("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: a}
                mode: 0644
                hex: 0x1F
                big: 1_000
                yes: on
                quoted: "0644"
                version: 1.10
                long: 9223372036854775807
                date: 2026-11-21
                time: 12:30:45
                nothing: ~
                exponent: 1e3
                octal: 0o17
                bad: 0899
                none: 0x_
                """);
        assertThat(object.body().toString())
                .isEqualTo(
                        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"mode\":420,\"hex\":31,"
                                + "\"big\":1000,\"true\":true,\"quoted\":\"0644\",\"version\":1.1,\"long\":9223372036854775807,"
                                + "\"date\":\"2026-11-21\",\"time\":\"12:30:45\",\"nothing\":null,\"exponent\":1000.0,\"octal\":15,"
                                + "\"bad\":899.0,\"none\":\"0x_\"}");
    }

    @Test
    void mergeKeysAndAnchorsAreFollowed() throws Exception {
        ManifestObject object = only("""
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: a
                  labels: &labels {app: web}
                data:
                  <<: *labels
                  more: "1"
                """);
        assertThat(object.body().at("/data").toString()).contains("\"app\":\"web\"", "\"more\":\"1\"");
    }

    @Test
    void listsAreTakenApartAndEmptyDocumentsLeftOut() throws Exception {
        List<ManifestObject> objects = Manifest.parse("""
                ---
                # nothing here
                ---
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: Secret, metadata: {name: a}}
                - {apiVersion: v1, kind: Secret, metadata: {name: b, namespace: other}}
                """);
        assertThat(objects).extracting(Object::toString).containsExactly("Secret a", "Secret other/b");
    }

    @Test
    void whatNobodyCanReadIsRefusedWithAReason() {
        assertRefused("a: b: c", "no YAML");
        assertRefused("[1, 2]", "no object");
        assertRefused("{kind: Secret, metadata: {name: a}}", "no apiVersion");
        assertRefused("{apiVersion: v1, kind: Secret, metadata: {}}", "no metadata.name");
        assertRefused("{apiVersion: v1/../../x, kind: Secret, metadata: {name: a}}", "no valid apiVersion");
        assertRefused("{a: 1, a: 2}", "no YAML");
        assertRefused("a: &x [*x]", "");
        assertRefused("[".repeat(200) + "]".repeat(200), "levels deep");
        assertRefused("[".repeat(100_000), "too deep");
        assertRefused("!!java.io.File [/etc/passwd]", "no YAML");
    }

    @Test
    void aliasesThatMultiplyAreRefused() {
        StringBuilder laughs = new StringBuilder("l0: &l0 [ha, ha]\n");
        for (int i = 1; i <= 24; i++) {
            laughs.append("l%d: &l%d [*l%d, *l%d]%n".formatted(i, i, i - 1, i - 1));
        }
        assertRefused(laughs.toString(), "more than 1000000 values");
    }

    private static ManifestObject only(String yaml) throws MalformedManifestException {
        List<ManifestObject> objects = Manifest.parse(yaml);
        assertThat(objects).hasSize(1);
        return objects.get(0);
    }

    private static void assertRefused(String yaml, String why) {
        assertThatThrownBy(() -> Manifest.parse(yaml))
                .isInstanceOf(MalformedManifestException.class)
                .hasMessageContaining(why);
    }
}
