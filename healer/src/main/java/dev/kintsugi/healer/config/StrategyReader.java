package dev.kintsugi.healer.config;

import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Treatment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads policy: a list of strategies, each with {@code for} (one diagnosis or several), {@code ladder} (a list of rungs)
 * and, if wanted, {@code patience} and {@code dryRun}. A diagnosis has one ladder: two that overlap are refused, as it
 * could not be told which one is meant.
 */
final class StrategyReader {

    private static final int MAX_SECONDS = 3600;
    private static final int MAX_ATTEMPTS = 20;
    private static final int MAX_ALIASES = 10;
    private static final int MAX_CHARACTERS = 100_000;

    private final Map<Cause, Strategy> strategies = new EnumMap<>(Cause.class);
    private final Map<Cause, Node> places = new EnumMap<>(Cause.class);

    private StrategyReader() {}

    static Map<Cause, Strategy> read(String yaml) {
        if (yaml.length() > MAX_CHARACTERS) {
            throw new InvalidPolicyException("line 1, column 1", "longer than " + MAX_CHARACTERS + " characters");
        }
        StrategyReader reader = new StrategyReader();
        compose(yaml).forEach(reader::strategy);
        return reader.strategies;
    }

    private static List<Node> compose(String yaml) {
        LoadSettings settings =
                LoadSettings.builder().setMaxAliasesForCollections(MAX_ALIASES).build();
        try {
            return new Compose(settings)
                    .composeString(yaml)
                    .map(YamlMap::elements)
                    .orElse(List.of());
        } catch (MarkedYamlEngineException e) {
            throw new InvalidPolicyException(YamlMap.where(e.getProblemMark()), "not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new InvalidPolicyException("line 1, column 1", "not YAML: " + e.getMessage());
        }
    }

    private void strategy(Node node) {
        YamlMap map = new YamlMap(node, "a strategy", "for", "patience", "dryRun", "ladder");
        List<Node> named = YamlMap.elements(map.required("for"));
        if (named.isEmpty()) {
            throw YamlMap.refuse(map.place(), "'for' names no diagnosis");
        }
        for (Node name : named) {
            Cause cause = named(name, "diagnosis", Cause::of, Cause.values(), Cause::published);
            Node other = places.put(cause, name);
            if (other != null) {
                throw YamlMap.refuse(
                        name, "ladders overlap: " + cause.published() + " has one already, at " + YamlMap.where(other));
            }
            List<Rung> ladder = new ArrayList<>();
            YamlMap.elements(map.required("ladder")).forEach(rung -> ladder.add(rung(rung, cause)));
            strategies.put(cause, new Strategy(ladder, seconds(map, "patience", 0), map.flag("dryRun")));
        }
    }

    private static Rung rung(Node node, Cause cause) {
        YamlMap map = new YamlMap(node, "a rung", "do", "attempts", "delay", "backoff", "maxDelay", "jitter", "unless");
        Node name = map.required("do");
        Treatment treatment = named(name, "action", Treatment::of, Treatment.values(), Treatment::published);
        if (!treatment.suits(cause.subject())) {
            throw YamlMap.refuse(name, treatment.published() + " can do nothing about " + cause.published());
        }
        Duration maxDelay = seconds(map, "maxDelay", 1);
        return new Rung(
                treatment,
                map.integer("attempts", 1, MAX_ATTEMPTS),
                seconds(map, "delay", 1),
                map.decimal("backoff", Rung.BACKOFF, 1, 10),
                maxDelay == null ? Rung.MAX_DELAY : maxDelay,
                map.decimal("jitter", Rung.JITTER, 0, 1),
                map.get("unless").map(StrategyReader::repeating).orElse(false));
    }

    private static boolean repeating(Node node) {
        if (!YamlMap.scalar(node).equals("repeating")) {
            throw YamlMap.refuse(node, "'unless' is '" + YamlMap.scalar(node) + "' (allowed: repeating)");
        }
        return true;
    }

    private static @Nullable Duration seconds(YamlMap map, String key, int min) {
        Integer seconds = map.integer(key, min, MAX_SECONDS);
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    private static <T> T named(
            Node node, String what, Function<String, Optional<T>> parser, T[] all, Function<T, String> name) {
        String text = YamlMap.scalar(node);
        return parser.apply(text)
                .orElseThrow(() -> YamlMap.refuse(
                        node,
                        "no %s is called '%s' (allowed: %s)"
                                .formatted(
                                        what, text, Arrays.stream(all).map(name).collect(Collectors.joining(", ")))));
    }
}
