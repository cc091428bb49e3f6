package dev.kintsugi.features.cluster.embedded.api.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who a client is by its {@code Authorization} header: the administrator by the server's token, a service
 * account by one of its own, anonymous without any. Tokens may come as the password of basic authentication too, since
 * kubectl sends those, but no bearer tokens, over plain HTTP.
 */
public final class Authenticator {

    private final byte[] adminToken;
    private final ServiceAccountTokens tokens;

    public Authenticator(String adminToken, ServiceAccountTokens tokens) {
        this.adminToken = adminToken.getBytes(StandardCharsets.UTF_8);
        this.tokens = tokens;
    }

    /** The user; null if the credentials are nobody's. */
    public @Nullable User authenticate(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return User.ANONYMOUS;
        }
        String[] parts = header.trim().split(" +", 2);
        if (parts.length != 2) {
            return null;
        }
        return switch (parts[0].toLowerCase(Locale.ROOT)) {
            case "bearer" -> ofToken(parts[1]);
            case "basic" -> ofPassword(parts[1]);
            default -> null;
        };
    }

    /** Whose token it is, or null. */
    @Nullable User ofToken(String token) {
        return MessageDigest.isEqual(adminToken, token.getBytes(StandardCharsets.UTF_8))
                ? User.ADMIN
                : tokens.verify(token);
    }

    private @Nullable User ofPassword(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            return ofToken(pair.substring(pair.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
