package dev.kintsugi.healer.config;

import dev.kintsugi.healer.model.Cause;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The strategy for each diagnosis. */
public record Strategies(Map<Cause, Strategy> byCause) {

    /** The documented remedies: {@code strategies.yaml} beside this class. */
    public static final Strategies DEFAULTS = new Strategies(StrategyReader.read(shipped()));

    /** Makes the map unmodifiable. */
    public Strategies {
        byCause = Map.copyOf(byCause);
    }

    /**
     * Reads policy. A diagnosis that it does not name keeps its default; one that it names has this strategy and nothing
     * of the default.
     *
     * @throws InvalidPolicyException with line, column and reason
     */
    public static Strategies parse(String yaml) {
        Map<Cause, Strategy> all = new EnumMap<>(DEFAULTS.byCause);
        all.putAll(StrategyReader.read(yaml));
        return new Strategies(all);
    }

    /** The strategy for a diagnosis. */
    public Strategy of(Cause cause) {
        return Objects.requireNonNull(byCause.get(cause), () -> "no default strategy for " + cause.published());
    }

    /** Names only those that are not the default: the others are known. */
    @Override
    public String toString() {
        return byCause.entrySet().stream()
                .filter(e -> !e.getValue().equals(DEFAULTS.byCause.get(e.getKey())))
                .map(e -> e.getKey().published() + "=" + e.getValue())
                .sorted()
                .collect(Collectors.joining(", ", "Strategies[", "]"));
    }

    private static String shipped() {
        try (InputStream yaml = Strategies.class.getResourceAsStream("strategies.yaml")) {
            return new String(Objects.requireNonNull(yaml).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
