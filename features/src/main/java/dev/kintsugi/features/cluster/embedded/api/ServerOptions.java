package dev.kintsugi.features.cluster.embedded.api;

import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;

/**
 * How an {@link ApiServer} is to be.
 *
 * @param port to listen on, 0 for any that is free; 0 to 65535
 * @param token that every request needs; letters, digits, dots, dashes and underscores, at least one
 * @param seed of generated names, UIDs and cluster addresses: equal seeds give equal ones
 * @param clock for creation and deletion times
 * @param historySize how many changes of each kind are kept for watches; at least 1
 * @param admissions asked about every write, in this order
 */
public record ServerOptions(
        int port, String token, long seed, InstantSource clock, int historySize, List<Admission> admissions) {

    private static final int DEFAULT_HISTORY = 8_192;
    private static final int TOKEN_BYTES = 24;

    public ServerOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be from 0 to 65535: " + port);
        }
        if (!token.matches("[A-Za-z0-9._-]+")) {
            throw new IllegalArgumentException("token must be made of letters, digits, dots, dashes and underscores");
        }
        if (historySize < 1) {
            throw new IllegalArgumentException("history size must be at least 1: " + historySize);
        }
        admissions = List.copyOf(admissions);
    }

    /** Any free port, a random token, the system's clock, no admission. */
    public static ServerOptions withSeed(long seed) {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        return new ServerOptions(0, token, seed, InstantSource.system(), DEFAULT_HISTORY, List.of());
    }

    public ServerOptions withPort(int newPort) {
        return new ServerOptions(newPort, token, seed, clock, historySize, admissions);
    }

    public ServerOptions withToken(String newToken) {
        return new ServerOptions(port, newToken, seed, clock, historySize, admissions);
    }

    public ServerOptions withClock(InstantSource newClock) {
        return new ServerOptions(port, token, seed, newClock, historySize, admissions);
    }

    public ServerOptions withHistorySize(int newSize) {
        return new ServerOptions(port, token, seed, clock, newSize, admissions);
    }

    public ServerOptions withAdmissions(List<Admission> newAdmissions) {
        return new ServerOptions(port, token, seed, clock, historySize, newAdmissions);
    }

    /** Without the token, which is a secret. */
    @Override
    public String toString() {
        return "ServerOptions[port=" + port + ", seed=" + seed + ", historySize=" + historySize + "]";
    }
}
