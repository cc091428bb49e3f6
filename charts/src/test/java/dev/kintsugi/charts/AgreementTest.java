package dev.kintsugi.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A chart must be whole in itself, so some things are written twice: here and in the healer. They must stay the same. */
class AgreementTest {

    private static final Path HEALER = Path.of("..", "healer", "src", "main");
    private static final Pattern NUMBER =
            Pattern.compile("(?:seconds|number)\\(\\s*\"(\\w+)\", ([\\d_]+), ([\\d_]+), ([\\d_]+)\\)");
    private static final Pattern KEY = Pattern.compile("(?:seconds|number|flag|names|new Setting<>)\\(\\s*\"(\\w+)\",");

    @Test
    void theDefinitionOfRecoveriesIsTheHealersOwn() throws IOException {
        Path shipped = Path.of("healer", "crds", "recoveries.kintsugi.dev.yaml");
        assertThat(find(HEALER.resolve("resources"), shipped.getFileName()))
                .as("copies in the healer")
                .singleElement()
                .satisfies(own -> assertThat(shipped).hasSameTextualContentAs(own));
    }

    @Test
    void theChartKnowsEverySettingOfTheHealerWithItsRange() throws IOException {
        List<Path> sources = find(HEALER.resolve("java"), Path.of("Setting.java"));
        assertThat(sources).hasSize(1);
        String source = Files.readString(sources.get(0));
        JsonNode settings = Chart.YAML
                .readTree(Path.of("healer", "values.schema.json").toFile())
                .at("/properties/config/properties");
        assertThat(KEY.matcher(source).results().map(match -> match.group(1)))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(
                        settings.properties().stream().map(Map.Entry::getKey).toList());
        assertThat(NUMBER.matcher(source).results()).isNotEmpty().allSatisfy(setting -> {
            JsonNode schema = settings.get(setting.group(1));
            assertThat(schema.get("minimum").asInt()).isEqualTo(number(setting, 3));
            assertThat(schema.get("maximum").asInt()).isEqualTo(number(setting, 4));
        });
    }

    @Test
    void theChartsDefaultsAreTheHealersOwn() throws IOException {
        List<Path> sources = find(HEALER.resolve("java"), Path.of("Setting.java"));
        String source = Files.readString(sources.get(0));
        Map<String, Integer> defaults = NUMBER.matcher(source)
                .results()
                .collect(Collectors.toMap(setting -> setting.group(1), setting -> number(setting, 2)));
        JsonNode config =
                Chart.YAML.readTree(Path.of("healer", "values.yaml").toFile()).get("config");
        assertThat(config.properties().stream()
                        .filter(setting -> setting.getValue().isInt()))
                .hasSize(4)
                .allSatisfy(
                        setting -> assertThat(setting.getValue().asInt()).isEqualTo(defaults.get(setting.getKey())));
    }

    @Test
    void theHealerReadsTheEnvironmentThatTheChartSets() throws IOException {
        List<Path> sources = find(HEALER.resolve("java"), Path.of("healer", "Main.java"));
        String source = Files.readString(sources.get(0));
        String deployment = Files.readString(Path.of("healer", "templates", "deployment.yaml"));
        assertThat(Pattern.compile("name: (KINTSUGI_\\w+)").matcher(deployment).results())
                .hasSize(3)
                .allSatisfy(variable -> assertThat(source).contains("${env:" + variable.group(1) + ":-"));
    }

    private static int number(MatchResult setting, int group) {
        return Integer.parseInt(setting.group(group).replace("_", ""));
    }

    private static List<Path> find(Path directory, Path name) throws IOException {
        assertThat(directory).isDirectory();
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> found = files.filter(file -> file.endsWith(name)).toList();
            assertThat(found).as("%s in %s", name, directory).isNotEmpty();
            return found;
        }
    }
}
