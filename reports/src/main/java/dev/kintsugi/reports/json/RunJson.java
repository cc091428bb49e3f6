package dev.kintsugi.reports.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.EnumNamingStrategies;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.kintsugi.reports.model.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code run.json}. Its schema is the resource {@value #SCHEMA_RESOURCE}.
 *
 * <p>The reader is strict, since a figure that is silently dropped would make a gate say "unchanged": an unknown or missing
 * field, a wrong type, a value out of range or another version of the format is an error that says where it stands.
 */
public final class RunJson {

    /** Longest file that is read. */
    public static final long MAX_BYTES = 64L << 20;

    /** Path of the JSON Schema on the class path. */
    public static final String SCHEMA_RESOURCE = "/dev/kintsugi/reports/run.schema.json";

    private static final int MAX_NESTING = 32;
    private static final int MAX_MESSAGE = 500;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxDocumentLength(MAX_BYTES)
                            .maxNestingDepth(MAX_NESTING)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .addModule(new JavaTimeModule())
            .enumNamingStrategy(EnumNamingStrategies.LOWER_CAMEL_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .defaultPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")))
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private RunJson() {}

    public static String write(Run run) {
        try {
            return MAPPER.writeValueAsString(run) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a run cannot be written as JSON", e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException when it is not such a run; the message says what is wrong and where
     */
    public static Run read(byte[] json) {
        try {
            checkSchema(json);
            Run run = MAPPER.readValue(json, Run.class);
            if (run == null) {
                throw new IllegalArgumentException("null is not a run");
            }
            return run;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(plain(describe(e)), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    /** The version is looked at first, so that a file of another version is not reported as a wrong file of this one. */
    private static void checkSchema(byte[] json) throws IOException {
        try (JsonParser parser = MAPPER.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("is not a run: a JSON object with the field \"schema\" is expected");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean schema = parser.currentName().equals("schema");
                parser.nextToken();
                if (schema) {
                    if (!Run.SCHEMA.equals(parser.getText())) {
                        throw new IllegalArgumentException("has the schema " + plain(parser.getText())
                                + "; this version of Kintsugi reads " + Run.SCHEMA + " only");
                    }
                    return;
                }
                parser.skipChildren();
            }
        }
        throw new IllegalArgumentException("is not a run: the field \"schema\" (" + Run.SCHEMA + ") is missing");
    }

    /** What stands in a file is told without control characters and not at any length. */
    private static String plain(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "…";
    }

    private static String describe(JacksonException e) {
        String what = what(e);
        String path = e instanceof JsonMappingException mapping ? path(mapping) : "";
        return (path.isEmpty() ? "" : path + ": ") + what + place(e.getLocation());
    }

    private static String what(JacksonException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "unknown field; known are "
                    + unknown.getKnownPropertyIds().stream()
                            .map(String::valueOf)
                            .sorted()
                            .collect(Collectors.joining(", "));
        }
        if (e instanceof InvalidFormatException format && format.getTargetType().isEnum()) {
            return "\"" + format.getValue() + "\" is not one of "
                    + Arrays.<Object>stream(format.getTargetType().getEnumConstants())
                            .map(c -> MAPPER.convertValue(c, String.class))
                            .collect(Collectors.joining(", "));
        }
        if (e instanceof ValueInstantiationException && e.getCause() instanceof IllegalArgumentException wrong) {
            return String.valueOf(wrong.getMessage());
        }
        if (e instanceof MismatchedInputException mismatched
                && e.getOriginalMessage().startsWith("Cannot map `null`")) {
            return "is missing, must be a " + mismatched.getTargetType().getSimpleName();
        }
        return e.getOriginalMessage().lines().findFirst().orElse("unreadable").replaceAll("`(\\w+\\.)+(\\w+)`", "$2");
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : String.format(Locale.ROOT, " (line %d, column %d)", location.getLineNr(), location.getColumnNr());
    }
}
