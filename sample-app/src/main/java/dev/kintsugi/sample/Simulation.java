package dev.kintsugi.sample;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /simulate/*}: faults switched on and off by request; {@code GET /simulate} documents them. */
final class Simulation {

    /** Every kind there is, in the order of the documentation. */
    static final List<Fault.Kind> KINDS =
            List.of(MemoryLeak.KIND, Crash.KIND, Errors.KIND, CpuLoad.KIND, Latency.KIND, Hang.KIND);

    private final Effects effects;
    private final Log log;

    Simulation(Effects effects, Log log) {
        this.effects = effects;
        this.log = log;
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.control("GET", "/simulate", List.of(), given -> documentation()));
        routes.add(Route.control("POST", "/simulate/reset", List.of(), given -> reset()));
        for (Fault.Kind kind : KINDS) {
            String path = "/simulate/" + kind.name();
            routes.add(Route.control("POST", path, kind.parameters(), given -> switchOn(kind, given)));
        }
        return routes;
    }

    private Answer switchOn(Fault.Kind kind, Parameters given) {
        Fault fault = kind.read(given);
        Map<String, Object> values = new LinkedHashMap<>();
        kind.parameters().forEach(parameter -> values.put(parameter.name(), given.text(parameter)));
        log.info("Fault switched on", "fault", kind.name(), "parameters", values);
        fault.switchOn(effects);
        return Answer.json(200, Json.object("fault", kind.name(), "on", true, "parameters", values))
                .andThen(() -> fault.answered(effects));
    }

    private Answer reset() {
        effects.reset();
        log.info("Faults switched off");
        return Answer.json(200, Json.object("active", effects.active()));
    }

    private Answer documentation() {
        List<Object> faults = new ArrayList<>();
        for (Fault.Kind kind : KINDS) {
            List<Object> parameters = new ArrayList<>();
            for (Parameter<?> parameter : kind.parameters()) {
                parameters.add(Json.object(
                        "name", parameter.name(),
                        "meaning", parameter.meaning(),
                        "value", parameter.range(),
                        "default", parameter.fallback()));
            }
            faults.add(Json.object(
                    "request", "POST /simulate/" + kind.name(), "meaning", kind.meaning(), "parameters", parameters));
        }
        return Answer.json(200, Json.object("faults", faults, "active", effects.active()));
    }
}
