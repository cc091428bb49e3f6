package dev.kintsugi.features.contract;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Replaces what the recorded cluster gave to objects by what this one has given to the same ones. */
final class Names {

    private Names() {}

    /** Whether a text speaks of that object, and not only of one whose name begins alike. */
    static boolean mentioned(String text, String name) {
        return !name.isEmpty()
                && Pattern.compile(Pattern.quote(name) + "(?![\\w-])")
                        .matcher(text)
                        .find();
    }

    /** Longer names first: a pod's begins with that of its ReplicaSet. */
    static String replace(String text, Map<String, String> names) {
        List<String> known = names.keySet().stream()
                .filter(name -> !name.isEmpty() && text.contains(name))
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        String result = text;
        for (int i = 0; i < known.size(); i++) {
            result = result.replace(known.get(i), "\0" + i + "\0");
        }
        for (int i = 0; i < known.size(); i++) {
            result = result.replace("\0" + i + "\0", names.getOrDefault(known.get(i), ""));
        }
        return result;
    }
}
