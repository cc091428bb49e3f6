package dev.kintsugi.features.cluster.embedded.api.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.store.Key;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of service accounts: signed, so that nothing needs to be kept of them, and valid until they expire or the
 * account, or the pod that they are bound to, is gone.
 *
 * @see <a href="https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/">TokenRequest</a>
 */
public final class ServiceAccountTokens {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final String ALGORITHM = "HmacSHA256";
    private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
    private static final String CLAIM = "kubernetes.io";
    private static final String AUDIENCE = "https://kubernetes.default.svc.cluster.local";
    private static final long MIN_SECONDS = 600;
    private static final long DEFAULT_SECONDS = 3_600;
    private static final long MAX_SECONDS = 1L << 32;

    private final Store store;
    private final InstantSource clock;
    private final SecretKeySpec key;

    /**
     * Tokens of one server.
     *
     * @param secret that the signatures are made with; whoever knows it can make tokens
     */
    public ServiceAccountTokens(Store store, InstantSource clock, String secret) {
        this.store = store;
        this.clock = clock;
        this.key = new SecretKeySpec(("service-account-tokens:" + secret).getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /**
     * Answers a {@code TokenRequest} for an account.
     *
     * @throws ApiException 404 if there is no such account or pod, 422 if the token would live for less than ten minutes
     */
    public ObjectNode issue(String namespace, String name, ObjectNode request) {
        Item account = store.get(new Key("serviceaccounts", namespace, name));
        if (account == null) {
            throw ApiException.notFound("", "serviceaccounts", name);
        }
        JsonNode spec = request.path("spec");
        long seconds = spec.path("expirationSeconds").asLong(DEFAULT_SECONDS);
        if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
            String why = seconds < MIN_SECONDS
                    ? "may not specify a duration less than 10 minutes"
                    : "may not specify a duration larger than 2^32 seconds";
            throw ApiException.invalid(
                    "authentication.k8s.io",
                    "TokenRequest",
                    name,
                    List.of(Cause.invalid("spec.expirationSeconds", Long.toString(seconds), why)));
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        ObjectNode claims = JsonNodeFactory.instance.objectNode();
        JsonNode audiences = spec.path("audiences");
        if (audiences.isEmpty()) {
            claims.putArray("aud").add(AUDIENCE);
        } else {
            claims.set("aud", audiences);
        }
        claims.put("exp", now.getEpochSecond() + seconds)
                .put("iat", now.getEpochSecond())
                .put("iss", AUDIENCE)
                .put("nbf", now.getEpochSecond())
                .put("sub", User.SERVICE_ACCOUNT + namespace + ":" + name);
        ObjectNode about = claims.putObject(CLAIM).put("namespace", namespace);
        JsonNode bound = spec.path("boundObjectRef");
        if (bound.path("kind").asText().equals("Pod")) {
            String pod = bound.path("name").asText();
            about.putObject("pod").put("name", pod).put("uid", uidOf("pods", namespace, pod));
        }
        about.putObject("serviceaccount").put("name", name).put("uid", uid(account));
        ObjectNode answer = request.deepCopy();
        answer.put("kind", "TokenRequest").put("apiVersion", "authentication.k8s.io/v1");
        answer.withObjectProperty("metadata").put("name", name).put("namespace", namespace);
        ObjectNode answeredSpec = answer.withObjectProperty("spec").put("expirationSeconds", seconds);
        answeredSpec.set("audiences", claims.get("aud"));
        String payload = encode(claims.toString().getBytes(StandardCharsets.UTF_8));
        answer.putObject("status")
                .put("token", HEADER + "." + payload + "." + sign(payload))
                .put("expirationTimestamp", now.plusSeconds(seconds).toString());
        return answer;
    }

    /** Whose token it is; null if it is none of this server's, or no longer valid. */
    @Nullable User verify(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || !parts[0].equals(HEADER) || !isSigned(parts[1], parts[2])) {
            return null;
        }
        JsonNode claims;
        try {
            claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
        JsonNode about = claims.path(CLAIM);
        String namespace = about.path("namespace").asText();
        JsonNode account = about.path("serviceaccount");
        boolean expired = clock.instant().getEpochSecond() >= claims.path("exp").asLong();
        boolean forUs = false;
        for (JsonNode audience : claims.path("aud")) {
            forUs |= audience.asText().equals(AUDIENCE);
        }
        if (expired || !forUs || !isThere("serviceaccounts", namespace, account)) {
            return null;
        }
        JsonNode pod = about.path("pod");
        if (pod.isObject() && !isThere("pods", namespace, pod)) {
            return null;
        }
        Map<String, List<String>> extra = pod.isObject()
                ? Map.of(
                        "authentication.kubernetes.io/pod-name",
                                List.of(pod.path("name").asText()),
                        "authentication.kubernetes.io/pod-uid",
                                List.of(pod.path("uid").asText()))
                : Map.of();
        return User.serviceAccount(
                namespace, account.path("name").asText(), account.path("uid").asText(), extra);
    }

    private boolean isThere(String resource, String namespace, JsonNode reference) {
        Item item =
                store.get(new Key(resource, namespace, reference.path("name").asText()));
        return item != null && uid(item).equals(reference.path("uid").asText());
    }

    private String uidOf(String resource, String namespace, String name) {
        Item item = store.get(new Key(resource, namespace, name));
        if (item == null) {
            throw ApiException.notFound("", resource, name);
        }
        return uid(item);
    }

    private static String uid(Item item) {
        return item.object().path("metadata").path("uid").asText();
    }

    private boolean isSigned(String payload, String signature) {
        return MessageDigest.isEqual(
                sign(payload).getBytes(StandardCharsets.US_ASCII), signature.getBytes(StandardCharsets.UTF_8));
    }

    private String sign(String payload) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return encode(mac.doFinal((HEADER + "." + payload).getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static String encode(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }
}
