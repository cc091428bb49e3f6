package dev.kintsugi.reports.model;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One run of a set of scenarios.
 *
 * @param schema version of the file format, {@link #SCHEMA}
 * @param id name of the run
 * @param startedAt when it began
 * @param tookMillis how long all of it took
 * @param environment where it took place
 * @param seed from which every choice of the run was drawn
 * @param scenarios in the order in which they ran; ids are unique but for the repetitions of a scenario
 */
public record Run(
        String schema,
        String id,
        Instant startedAt,
        double tookMillis,
        Environment environment,
        long seed,
        List<ScenarioResult> scenarios) {

    /** The one version that this code writes and reads. */
    public static final String SCHEMA = "kintsugi.dev/run/v1";

    public Run {
        if (!SCHEMA.equals(Require.text(schema, "schema"))) {
            throw new IllegalArgumentException("schema is " + schema + ", must be " + SCHEMA);
        }
        Require.text(id, "id");
        Require.present(startedAt, "startedAt");
        tookMillis = Require.notNegativeMillis(tookMillis, "tookMillis");
        Require.present(environment, "environment");
        scenarios = Require.list(scenarios, "scenarios");
        Set<String> ids = new HashSet<>();
        for (ScenarioResult scenario : scenarios) {
            if (!ids.add(scenario.id() + " " + scenario.repetition())) {
                String which = scenario.repetition() == 1 ? "" : ", repetition " + scenario.repetition() + ",";
                throw new IllegalArgumentException(
                        "scenarios has the id " + scenario.id() + which + " twice, must be unique");
            }
        }
    }

    /** A run in the present file format. */
    public Run(
            String id,
            Instant startedAt,
            double tookMillis,
            Environment environment,
            long seed,
            List<ScenarioResult> scenarios) {
        this(SCHEMA, id, startedAt, tookMillis, environment, seed, scenarios);
    }

    /** The verdict over all scenarios, see {@link Verdict#of}. */
    public Verdict verdict() {
        return Verdict.of(scenarios.stream().map(ScenarioResult::verdict).toList());
    }

    /** How many scenarios ended so. */
    public long count(Verdict verdict) {
        return scenarios.stream().filter(s -> s.verdict() == verdict).count();
    }
}
