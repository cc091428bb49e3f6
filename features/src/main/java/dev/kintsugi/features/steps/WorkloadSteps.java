package dev.kintsugi.features.steps;

import dev.kintsugi.chaos.guard.AbortConditions;
import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.features.recording.Recorder;
import dev.kintsugi.features.run.Session;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.features.steps.Units.Percent;
import dev.kintsugi.features.workload.SampleApp;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.List;

/** What is under test, who uses it, and whether the healer is there. */
public final class WorkloadSteps {

    private static final int MOST_REPLICAS = 100;
    private static final Duration DEPLOYED = Duration.ofSeconds(90);
    private static final Duration STEADY = Duration.ofSeconds(60);
    private static final Duration USER_PATIENCE = Duration.ofSeconds(3);
    private static final Duration SLOWEST = Duration.ofSeconds(1);
    private static final Duration STABLE_FOR = Duration.ofSeconds(2);

    private final Trial trial;
    private final Place place;

    public WorkloadSteps(Trial trial, Place place) {
        this.trial = trial;
        this.place = place;
    }

    @Given("the sample app runs with {int} replicas behind a Service")
    public void sampleApp(int replicas) {
        deploy(replicas, true);
    }

    @Given("the sample app runs with {int} replicas behind a Service and no liveness probe")
    public void sampleAppWithoutLiveness(int replicas) {
        deploy(replicas, false);
    }

    private void deploy(int replicas, boolean liveness) {
        if (replicas < 1 || replicas > MOST_REPLICAS) {
            throw new UsageException(replicas + " replicas: must be from 1 to " + MOST_REPLICAS);
        }
        Session session = trial.session();
        session.createNamespace(place.namespace());
        SampleApp app = SampleApp.deploy(
                session.client(),
                place.namespace(),
                new SampleApp.Options(
                        replicas, liveness, session.sampleAppImage().orElse(null)));
        trial.workload(app);
        if (!trial.within(DEPLOYED, app::isWhole)) {
            throw new Inconclusive(
                    "the workload was not whole within " + DEPLOYED.toSeconds() + " s of its creation: " + app.state());
        }
    }

    @Given("users send {int} requests per second")
    public void users(int perSecond) throws InterruptedException {
        if (perSecond < 1 || perSecond > 1_000) {
            throw new UsageException(perSecond + " requests per second: must be from 1 to 1000");
        }
        if (trial.isRecording()) {
            throw new UsageException("users send requests already; say once how many");
        }
        SampleApp app = trial.app();
        trial.recording(Recorder.start(
                trial.session().client(),
                trial.reach().line(app.users(), "GET", "/", perSecond, USER_PATIENCE),
                new Recorder.Options(
                        app.namespace(),
                        SampleApp.NAME,
                        perSecond,
                        List.of(SampleApp.DEPENDENCY),
                        SLOWEST,
                        STABLE_FOR)));
    }

    @Given("the fault is ended when more than {percent} of the users' requests fail over {duration}")
    public void objective(Percent share, Duration over) {
        if (share.value() >= 100 || over.isZero()) {
            throw new UsageException("more than " + share + " over " + over.toMillis()
                    + " ms: must be a share below 100 % over some time");
        }
        trial.objective(new AbortConditions.Objective(share.value() / 100, over));
    }

    @Given("the healer is on")
    @When("the healer is switched on")
    public void healerOn() {
        trial.session().healer().on();
    }

    @Given("the healer is off")
    public void healerOff() {
        trial.session().healer().off();
    }

    @Given("users are served steadily for {duration}")
    public void steady(Duration duration) {
        boolean steady =
                trial.within(STEADY, () -> trial.recorder().steady(duration).isPresent());
        if (!steady) {
            throw new Inconclusive("no steady state within " + STEADY.toSeconds() + " s, so that nothing could be held"
                    + " against it: " + trial.recorder().unsteadiness());
        }
        trial.remember();
    }
}
