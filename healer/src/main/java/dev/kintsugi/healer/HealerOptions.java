package dev.kintsugi.healer;

import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;

/**
 * How a healer is set up, as opposed to how it behaves (which is in the ConfigMap).
 *
 * @param httpAddress where metrics and health are served; loopback by default, as they are not protected
 * @param httpPort 0 for any free one, see {@link Healer#httpAddress()}
 * @param configNamespace where the ConfigMap is
 * @param configName the ConfigMap
 * @param clock the wall clock
 * @param watchSilenceLimit with a watch closed for longer than this the healer is not live
 * @param requestTimeout what one request to the API server may take
 */
public record HealerOptions(
        String httpAddress,
        int httpPort,
        String configNamespace,
        String configName,
        InstantSource clock,
        Duration watchSilenceLimit,
        Duration requestTimeout) {

    /** Port 8080 on loopback, ConfigMap {@code self-healing/self-healing-config}. */
    public static final HealerOptions DEFAULTS = new HealerOptions(
            "127.0.0.1",
            8080,
            "self-healing",
            "self-healing-config",
            Clock.systemUTC(),
            Duration.ofSeconds(90),
            Duration.ofSeconds(5));

    /** The same on another address. */
    public HealerOptions withHttp(String address, int port) {
        return new HealerOptions(address, port, configNamespace, configName, clock, watchSilenceLimit, requestTimeout);
    }

    /** The same with the ConfigMap in another namespace. */
    public HealerOptions withConfigNamespace(String namespace) {
        return new HealerOptions(
                httpAddress, httpPort, namespace, configName, clock, watchSilenceLimit, requestTimeout);
    }

    /** The same by another clock. */
    public HealerOptions withClock(InstantSource other) {
        return new HealerOptions(
                httpAddress, httpPort, configNamespace, configName, other, watchSilenceLimit, requestTimeout);
    }

    /** The same with another limit for silent watches. */
    public HealerOptions withWatchSilenceLimit(Duration limit) {
        return new HealerOptions(httpAddress, httpPort, configNamespace, configName, clock, limit, requestTimeout);
    }
}
