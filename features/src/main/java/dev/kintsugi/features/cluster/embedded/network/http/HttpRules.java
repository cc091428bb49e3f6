package dev.kintsugi.features.cluster.embedded.network.http;

import dev.kintsugi.chaos.emulation.HttpFault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules in force on one port, in the order in which they were applied. Thread-safe. */
public final class HttpRules {

    private volatile Map<String, HttpRule> rules = Map.of();

    /** Puts a rule in force, in place of the one of this id. One that is in force already, just so, goes on counting. */
    public synchronized void apply(String id, HttpFault fault) {
        HttpRule before = rules.get(id);
        if (before == null || !before.fault().equals(fault)) {
            change(id, new HttpRule(fault));
        }
    }

    public synchronized void clear(String id) {
        change(id, null);
    }

    private void change(String id, @Nullable HttpRule rule) {
        Map<String, HttpRule> next = new LinkedHashMap<>(rules);
        if (rule == null) {
            next.remove(id);
        } else {
            next.put(id, rule);
        }
        rules = Collections.unmodifiableMap(next);
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** How many messages each rule has met so far, by its id. */
    public Map<String, Long> met() {
        Map<String, Long> met = new LinkedHashMap<>();
        rules.forEach((id, rule) -> met.put(id, rule.met()));
        return Collections.unmodifiableMap(met);
    }

    List<HttpRule> of(HttpFault.Target target) {
        List<HttpRule> some = new ArrayList<>();
        for (HttpRule rule : rules.values()) {
            if (rule.fault().target() == target) {
                some.add(rule);
            }
        }
        return some;
    }
}
