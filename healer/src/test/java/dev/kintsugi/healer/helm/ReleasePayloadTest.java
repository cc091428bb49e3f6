package dev.kintsugi.healer.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ReleasePayloadTest {

    private static final String LEAST = """
            {"name":"web","namespace":"shop","version":1,"manifest":"","info":
             {"first_deployed":"","last_deployed":"2026-11-21T05:46:01.881989775+02:00","deleted":"","status":"deployed"}}
            """;

    @Test
    void whatHelmWroteIsRead() throws Exception {
        for (String step : new String[] {"01-install", "04-upgrade-fails-atomic", "31-upgrade-drops-kept"}) {
            Recording recording = Recording.of(step);
            for (StoredRevision stored : recording.revisions()) {
                assertThat((Object) stored.read().json())
                        .as(step + " " + stored.secret())
                        .isEqualTo(recording.release(stored.version()));
            }
        }
    }

    @Test
    void whatIsWrittenIsReadBackUnchanged() throws Exception {
        Release release = Recording.of("31-upgrade-drops-kept").revision(2).read();
        assertThat((Object) ReleasePayload.decode("x", ReleasePayload.encode(release))
                        .json())
                .isEqualTo(release.json());
    }

    @Test
    void releasesOfOldHelmsAreNotGzipped() throws Exception {
        Release release = ReleasePayload.decode("x", twice(LEAST.getBytes(StandardCharsets.UTF_8)));
        assertThat(release.name()).isEqualTo("web");
        assertThat(release.lastDeployed()).isEqualTo("2026-11-21T03:46:01.881989775Z");
        assertThat(release.hooks()).isEmpty();
    }

    @Test
    void gzipBombIsRefusedBeforeItIsUnpacked() throws Exception {
        byte[] zeros = new byte[1 << 20];
        Arrays.fill(zeros, (byte) ' ');
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bomb)) {
            for (int i = 0; i < 64; i++) {
                gzip.write(zeros);
            }
        }
        assertRefused(twice(bomb.toByteArray()), "it unpacks to more than 16 MiB of JSON");
    }

    @Test
    void brokenPayloadsAreRefusedWithNameAndReason() throws Exception {
        assertRefused("", "the key release is missing or empty");
        assertRefused("a".repeat(ReleasePayload.MAX_STORED + 1), "larger than the 2048 KiB");
        assertRefused("%%%", "the outer base64 is broken");
        assertRefused(
                Base64.getEncoder().encodeToString("%%%".getBytes(StandardCharsets.UTF_8)),
                "the inner base64 is broken");
        byte[] gzip = gzip(LEAST);
        assertRefused(twice(Arrays.copyOf(gzip, gzip.length / 2)), "broken gzip");
        assertRefused(twice(gzip("{\"name\":")), "malformed JSON");
        assertRefused(twice(gzip("[".repeat(100_000))), "malformed JSON");
        assertRefused(twice(gzip("[1]")), "its JSON is no object");
        assertRefused(twice(gzip(LEAST + "{}")), "malformed JSON");
        assertRefused(
                twice(gzip(LEAST.replace("\"version\":1", "\"version\":\"1\""))),
                "version is missing or of the wrong type");
        assertRefused(twice(gzip(LEAST.replace("2026-11-21", "yesterday "))), "info.last_deployed is no time");
        assertRefused(twice(gzip(LEAST.replace("2026-11-21", "+999999999-11-21"))), "info.last_deployed is no time");
    }

    @Test
    void labelsThatSayAnotherRevisionAreRefused() throws Exception {
        StoredRevision stored = new StoredRevision(
                "shop",
                "sh.helm.release.v1.web.v2",
                "u",
                "1",
                Map.of("name", "web", "owner", "helm", "status", "deployed", "version", "2"),
                Map.of(),
                twice(gzip(LEAST)));
        assertThatThrownBy(stored::read)
                .isInstanceOf(UnreadableReleaseException.class)
                .hasMessage(
                        "Secret shop/sh.helm.release.v1.web.v2 holds no release that can be read: the labels say web revision 2, "
                                + "what is inside says web revision 1");
    }

    @Test
    void releaseOfAnotherNamespaceThanItsSecretIsRefused() throws Exception {
        StoredRevision stored = new StoredRevision(
                "bazaar",
                "sh.helm.release.v1.web.v1",
                "u",
                "1",
                Map.of("name", "web", "owner", "helm", "status", "deployed", "version", "1"),
                Map.of(),
                twice(gzip(LEAST)));
        assertThatThrownBy(stored::read).hasMessageContaining("what is inside says it is of namespace shop");
    }

    private static void assertRefused(String data, String why) {
        assertThatThrownBy(() -> ReleasePayload.decode("shop/sh.helm.release.v1.web.v1", data))
                .isInstanceOf(UnreadableReleaseException.class)
                .hasMessageContaining("shop/sh.helm.release.v1.web.v1")
                .hasMessageContaining(why);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    private static String twice(byte[] bytes) {
        Base64.Encoder base64 = Base64.getEncoder();
        return base64.encodeToString(base64.encode(bytes));
    }
}
