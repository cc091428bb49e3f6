package dev.kintsugi.features.cluster.embedded.api;

import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How an {@link ApiServer} is to be.
 *
 * @param port to listen on, 0 for any that is free; 0 to 65535
 * @param token that every request needs; letters, digits, dots, dashes and underscores, at least one
 * @param seed of generated names, UIDs and cluster addresses: equal seeds give equal ones
 * @param serviceCidr the range of loopback addresses that Services get theirs from, such as {@code 127.96.0.0/16}; /8 to /26
 * @param clock for creation and deletion times
 * @param historySize how many changes of each kind are kept for watches; at least 1
 * @param admissions asked about every write, in this order
 */
public record ServerOptions(
        int port,
        String token,
        long seed,
        String serviceCidr,
        InstantSource clock,
        int historySize,
        List<Admission> admissions) {

    /** The range that Services get their addresses from unless another one is asked for. */
    public static final String SERVICE_CIDR = "127.96.0.0/16";

    private static final Pattern CIDR = Pattern.compile("127(\\.\\d{1,3}){3}/(8|9|1\\d|2[0-6])");
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
        if (!CIDR.matcher(serviceCidr).matches()) {
            throw new IllegalArgumentException("service range must be one of loopback addresses such as " + SERVICE_CIDR
                    + ", from /8 to /26: " + serviceCidr);
        }
        admissions = List.copyOf(admissions);
    }

    /** Any free port, a random token, the system's clock, no admission. */
    public static ServerOptions withSeed(long seed) {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        return new ServerOptions(0, token, seed, SERVICE_CIDR, InstantSource.system(), DEFAULT_HISTORY, List.of());
    }

    public ServerOptions withPort(int newPort) {
        return new ServerOptions(newPort, token, seed, serviceCidr, clock, historySize, admissions);
    }

    public ServerOptions withToken(String newToken) {
        return new ServerOptions(port, newToken, seed, serviceCidr, clock, historySize, admissions);
    }

    public ServerOptions withServiceCidr(String newCidr) {
        return new ServerOptions(port, token, seed, newCidr, clock, historySize, admissions);
    }

    public ServerOptions withClock(InstantSource newClock) {
        return new ServerOptions(port, token, seed, serviceCidr, newClock, historySize, admissions);
    }

    public ServerOptions withHistorySize(int newSize) {
        return new ServerOptions(port, token, seed, serviceCidr, clock, newSize, admissions);
    }

    public ServerOptions withAdmissions(List<Admission> newAdmissions) {
        return new ServerOptions(port, token, seed, serviceCidr, clock, historySize, newAdmissions);
    }

    /** Without the token, which is a secret. */
    @Override
    public String toString() {
        return "ServerOptions[port=" + port + ", seed=" + seed + ", historySize=" + historySize + "]";
    }
}
