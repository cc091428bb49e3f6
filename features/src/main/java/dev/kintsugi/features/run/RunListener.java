package dev.kintsugi.features.run;

import dev.kintsugi.reports.model.ScenarioResult;
import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.PickleStepTestStep;
import io.cucumber.plugin.event.TestCase;
import io.cucumber.plugin.event.TestCaseFinished;
import io.cucumber.plugin.event.TestCaseStarted;
import io.cucumber.plugin.event.TestStepFinished;
import io.cucumber.plugin.event.TestStepStarted;
import java.time.Duration;

/** Follows Cucumber through the scenarios: tells the progress, and judges each scenario when it ends. */
public final class RunListener implements ConcurrentEventListener {

    private boolean stepsAreSkipped;

    @Override
    public void setEventPublisher(EventPublisher publisher) {
        publisher.registerHandlerFor(TestCaseStarted.class, event -> started(event.getTestCase()));
        publisher.registerHandlerFor(TestStepStarted.class, this::step);
        publisher.registerHandlerFor(TestStepFinished.class, this::stepFinished);
        publisher.registerHandlerFor(TestCaseFinished.class, this::finished);
    }

    private void started(TestCase scenario) {
        stepsAreSkipped = false;
        Session session = Session.current();
        session.progress().scenario(session.results().all().size() + 1, scenario.getName());
    }

    private void step(TestStepStarted event) {
        if (event.getTestStep() instanceof PickleStepTestStep step && !stepsAreSkipped) {
            Session.current().progress().step(step.getStep().getText());
        }
    }

    /** After a step or hook that did not pass Cucumber goes through the others without doing them. */
    private void stepFinished(TestStepFinished event) {
        stepsAreSkipped |= !event.getResult().getStatus().isOk();
    }

    private void finished(TestCaseFinished event) {
        Session session = Session.current();
        TestCase scenario = event.getTestCase();
        Results.Draft draft = session.results().takeDraft(scenario.getId().toString());
        ScenarioName name = ScenarioName.of(
                scenario.getUri(), scenario.getName(), scenario.getLocation().getLine());
        Duration took = event.getResult().getDuration();
        ScenarioResult.Builder builder = draft == null
                ? ScenarioResult.builder(
                        session.results().unique(name.id()),
                        scenario.getName(),
                        event.getInstant().minus(took),
                        session.seed())
                : draft.measured();
        Results.Judgement judgement = Results.judge(draft, event.getResult().getError());
        ScenarioResult result = builder.tags(scenario.getTags())
                .feature(name.feature())
                .repetition(session.results().repetition())
                .verdict(judgement.verdict(), judgement.reason())
                .tookMillis(took.toNanos() / 1e6)
                .replay("./features/kintsugi run " + name.feature() + " --seed " + session.seed())
                .build();
        session.results().add(result);
        session.progress().finished(result);
    }
}
