package dev.kintsugi.chaos.emulation.orchestration;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The condition of a task's branch, such as {@code exitCode == 0 && stdout contains "ok"}: the part of the language of Chaos Mesh
 * (expr) that compares texts, numbers and truth values and joins that with and, or, not and brackets.
 */
final class BranchExpression {
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|\\d+(?:\\.\\d+)?|[A-Za-z_]\\w*|==|!=|<=|>=|&&|\\|\\||[<>!()-])");
    private static final int MAX_LENGTH = 1000;

    private final List<String> tokens;
    private final Map<String, Object> environment;
    private int at;

    private BranchExpression(List<String> tokens, Map<String, Object> environment) {
        this.tokens = tokens;
        this.environment = environment;
    }

    /**
     * Whether it holds.
     *
     * @throws IllegalArgumentException when it is not understood, names what is not there, or is neither true nor false
     */
    static boolean holds(String text, Map<String, Object> environment) {
        BranchExpression expression = new BranchExpression(tokens(text), environment);
        Object value = expression.or();
        if (expression.at < expression.tokens.size()) {
            throw new IllegalArgumentException("unexpected " + expression.tokens.get(expression.at));
        }
        return truth(value);
    }

    private static List<String> tokens(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("longer than " + MAX_LENGTH + " characters");
        }
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (end < text.stripTrailing().length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IllegalArgumentException("not understood from " + text.substring(end));
            }
            tokens.add(matcher.group(1));
            end = matcher.end();
        }
        return tokens;
    }

    private Object or() {
        Object left = and();
        while (take("||") || take("or")) {
            boolean right = truth(and());
            left = truth(left) || right;
        }
        return left;
    }

    private Object and() {
        Object left = not();
        while (take("&&") || take("and")) {
            boolean right = truth(not());
            left = truth(left) && right;
        }
        return left;
    }

    private Object not() {
        return take("!") || take("not") ? (Object) !truth(not()) : comparison();
    }

    private Object comparison() {
        Object left = value();
        if (take("==")) {
            return equal(left, value());
        }
        if (take("!=")) {
            return !equal(left, value());
        }
        for (String operator : List.of("<=", ">=", "<", ">")) {
            if (take(operator)) {
                int order = order(left, value());
                return switch (operator) {
                    case "<=" -> order <= 0;
                    case ">=" -> order >= 0;
                    case "<" -> order < 0;
                    default -> order > 0;
                };
            }
        }
        for (String operator : List.of("contains", "startsWith", "endsWith", "matches")) {
            if (take(operator)) {
                return compare(operator, text(left), text(value()));
            }
        }
        return left;
    }

    private static boolean compare(String operator, String left, String right) {
        return switch (operator) {
            case "contains" -> left.contains(right);
            case "startsWith" -> left.startsWith(right);
            case "endsWith" -> left.endsWith(right);
            default -> matches(left, right);
        };
    }

    private static boolean matches(String text, String pattern) {
        try {
            return Pattern.compile(pattern).matcher(text).find();
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Object value() {
        if (take("(")) {
            Object value = or();
            if (!take(")")) {
                throw new IllegalArgumentException("a bracket is not closed");
            }
            return value;
        }
        if (take("-")) {
            return number(value()).negate();
        }
        if (at >= tokens.size()) {
            throw new IllegalArgumentException("ends too early");
        }
        String token = tokens.get(at++);
        char first = token.charAt(0);
        if (first == '"' || first == '\'') {
            return token.substring(1, token.length() - 1).replaceAll("\\\\(.)", "$1");
        }
        if (Character.isDigit(first)) {
            return new BigDecimal(token);
        }
        if (token.equals("true") || token.equals("false")) {
            return Boolean.valueOf(token);
        }
        Object value = environment.get(token);
        if (value == null) {
            throw new IllegalArgumentException("unknown name " + token);
        }
        return value instanceof Number number ? new BigDecimal(number.toString()) : value;
    }

    private boolean take(String token) {
        if (at < tokens.size() && tokens.get(at).equals(token)) {
            at++;
            return true;
        }
        return false;
    }

    private static boolean equal(Object left, Object right) {
        if (left instanceof BigDecimal a && right instanceof BigDecimal b) {
            return a.compareTo(b) == 0;
        }
        return Objects.equals(left, right);
    }

    private static int order(Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            return a.compareTo(b);
        }
        return number(left).compareTo(number(right));
    }

    private static BigDecimal number(Object value) {
        if (value instanceof BigDecimal number) {
            return number;
        }
        throw new IllegalArgumentException("no number: " + value);
    }

    private static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("no text: " + value);
    }

    private static boolean truth(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw new IllegalArgumentException("neither true nor false: " + value);
    }
}
