package dev.kintsugi.features.cluster.embedded.control.batch;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Completion indexes of an Indexed Job, as its status writes them: {@code 0,2-4}.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode">Completion mode</a>
 */
final class Indexes {

    static final String ANNOTATION = "batch.kubernetes.io/job-completion-index";

    private static final int LEAST_RANGE = 2;
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

    private Indexes() {}

    /** The index of a pod, if it has one. */
    static OptionalInt of(Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String text = annotations == null ? null : annotations.get(ANNOTATION);
        try {
            return text == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException invalid) {
            return OptionalInt.empty();
        }
    }

    /** The set that a text says; parts that are not numbers are left out. */
    static NavigableSet<Integer> parse(@Nullable String text) {
        NavigableSet<Integer> indexes = new TreeSet<>();
        if (text == null || text.isEmpty()) {
            return indexes;
        }
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part);
            if (range.matches()) {
                int first = Integer.parseInt(range.group(1));
                int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
                for (int index = first; index <= last; index++) {
                    indexes.add(index);
                }
            }
        }
        return indexes;
    }

    /** The text of a set: two neighbours with a comma, three or more with a dash. */
    static String format(NavigableSet<Integer> indexes) {
        StringBuilder text = new StringBuilder();
        Integer first = indexes.isEmpty() ? null : indexes.first();
        while (first != null) {
            int last = first;
            while (indexes.contains(last + 1)) {
                last++;
            }
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (last > first) {
                text.append(last - first < LEAST_RANGE ? "," : "-").append(last);
            }
            first = indexes.higher(last);
        }
        return text.toString();
    }
}
