package dev.kintsugi.features.steps;

import dev.kintsugi.features.run.Results;
import dev.kintsugi.features.run.ScenarioName;
import dev.kintsugi.features.run.Skipped;
import dev.kintsugi.reports.model.ScenarioResult;
import io.cucumber.java.After;
import io.cucumber.java.Before;
import io.cucumber.java.Scenario;
import java.time.Instant;

/** Where a scenario takes place: a namespace of its own. When it ends, what was measured is handed over and all is cleared. */
public final class Place {

    private final Trial trial;
    private ScenarioName name = new ScenarioName("", "", "");
    private String namespace = "";
    private Instant startedAt = Instant.EPOCH;

    public Place(Trial trial) {
        this.trial = trial;
    }

    @Before
    public void begin(Scenario scenario) {
        startedAt = Instant.now();
        name = ScenarioName.of(scenario.getUri(), scenario.getName(), scenario.getLine());
        trial.session().capabilities().obstacle(scenario.getSourceTagNames()).ifPresent(obstacle -> {
            throw new Skipped(obstacle);
        });
        namespace = trial.session().namespace(name.namespace());
    }

    /** The namespace, which does not exist before the workload is deployed. */
    String namespace() {
        return namespace;
    }

    @After
    public void end(Scenario scenario) throws InterruptedException {
        try {
            trial.lift();
            trial.lookForResidue();
        } finally {
            ScenarioResult.Builder measured = ScenarioResult.builder(
                    trial.session().results().unique(name.id()),
                    scenario.getName(),
                    startedAt,
                    trial.session().seed());
            try {
                trial.describe(measured);
                trial.session()
                        .results()
                        .draft(scenario.getId(), new Results.Draft(measured, trial.injected(), trial.bitten()));
            } finally {
                trial.end();
            }
        }
        trial.requireUnharmed();
        if (!trial.residue().isEmpty()) {
            throw new AssertionError("left behind: " + String.join("; ", trial.residue()));
        }
    }
}
