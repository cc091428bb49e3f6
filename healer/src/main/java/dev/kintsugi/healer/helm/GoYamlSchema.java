package dev.kintsugi.healer.helm;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * How plain scalars are understood: as by the YAML library of Helm and kubectl ({@code go-yaml} 2), which is YAML 1.1 without its
 * times and sexagesimal numbers. A file mode {@code 0644} is 420 there, and {@code yes} is true; YAML 1.2 has neither.
 */
final class GoYamlSchema implements Schema {

    private static final Set<String> TRUE =
            Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> FALSE =
            Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    /** No number of Kubernetes is longer, and very long ones are slow to read. */
    private static final int MAX_DIGITS = 100;

    private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    private static final Pattern INTEGER =
            Pattern.compile("[-+]?(0b_*[01][01_]*|0o?_*[0-7][0-7_]*|0[xX]_*[0-9a-fA-F][0-9a-fA-F_]*|0|[1-9][0-9_]*)");
    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(\\.[0-9]+|[0-9][0-9_]*(\\.[0-9_]*)?)([eE][-+]?[0-9]+)?");

    @Override
    public ScalarResolver getScalarResolver() {
        return (text, plain) -> plain ? tag(text) : Tag.STR;
    }

    @Override
    public Map<Tag, ConstructNode> getSchemaTagConstructors() {
        Map<Tag, ConstructNode> constructors = new HashMap<>(new JsonSchema().getSchemaTagConstructors());
        constructors.put(Tag.BOOL, node -> TRUE.contains(text(node)));
        constructors.put(Tag.INT, node -> integer(text(node)));
        constructors.put(Tag.FLOAT, node -> Double.valueOf(text(node).replace("_", "")));
        constructors.put(Tag.NULL, node -> null);
        return constructors;
    }

    private static Tag tag(String text) {
        if (NULL.contains(text)) {
            return Tag.NULL;
        }
        if (TRUE.contains(text) || FALSE.contains(text)) {
            return Tag.BOOL;
        }
        if (text.equals("<<")) {
            return Tag.MERGE;
        }
        if (text.length() > MAX_DIGITS) {
            return Tag.STR;
        }
        if (INTEGER.matcher(text).matches()) {
            return Tag.INT;
        }
        return FLOAT.matcher(text).matches() ? Tag.FLOAT : Tag.STR;
    }

    private static Number integer(String text) {
        String digits = text.replace("_", "").toLowerCase(Locale.ROOT);
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        int radix = 10;
        if (digits.startsWith("0x")) {
            radix = 16;
            digits = digits.substring(2);
        } else if (digits.startsWith("0b")) {
            radix = 2;
            digits = digits.substring(2);
        } else if (digits.length() > 1 && digits.startsWith("0")) {
            radix = 8;
            digits = digits.substring(digits.startsWith("0o") ? 2 : 1);
        }
        BigInteger value = new BigInteger(digits, radix);
        return negative ? value.negate() : value;
    }

    private static String text(Node node) {
        return ((ScalarNode) node).getValue();
    }
}
