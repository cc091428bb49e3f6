package dev.kintsugi.healer.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.policy.Simulation.Event;
import dev.kintsugi.healer.policy.Simulation.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happens, in whatever order: the invariants of {@link Simulation} hold. */
final class PlannerPropertiesTest {

    private static final String[] QUICK = {
        "pod_not_ready_threshold",
        "5",
        "stable_for",
        "3",
        "attempt_delay",
        "4",
        "cooldown",
        "8",
        "recovery_timeout",
        "60",
        "restart_window",
        "30",
        "pod_restart_threshold",
        "2",
        "max_observation_age",
        "3"
    };

    @Property(tries = 150)
    void noHistoryBreaksAnInvariant(@ForAll("histories") List<Event> history) {
        new Simulation(Given.config(QUICK)).run(history);
    }

    @Property(tries = 25)
    void inADryRunNothingIsEverDone(@ForAll("histories") List<Event> history) {
        Simulation simulation = new Simulation(with("dry_run", "true"));
        simulation.run(history);
        assertThat(simulation.actions()).isZero();
    }

    @Property(tries = 25)
    void oneAtATimeIsOneAtATime(@ForAll("histories") List<Event> history) {
        new Simulation(with("max_concurrent_actions", "1")).run(history);
    }

    @Example
    void theSimulationCanHealAndCanFailTo() {
        Simulation heals = new Simulation(Given.config(QUICK));
        heals.run(List.of(new Event(10_000, Fault.HANG, 0)));
        assertThat(heals.incidents()).extracting(Incident::phase).containsExactly(Phase.HEALED);
        assertThat(heals.actions()).isEqualTo(1);

        Simulation cannot = new Simulation(Given.config(QUICK));
        cannot.run(List.of(new Event(10_000, Fault.BREAK_REPLACEMENTS, 0), new Event(1, Fault.HANG, 0)));
        assertThat(cannot.incidents()).extracting(Incident::phase).contains(Phase.GAVE_UP);

        Simulation untouched = new Simulation(Given.config(QUICK));
        untouched.run(List.of(new Event(10_000, Fault.OUT_OF_MEMORY, 1)));
        assertThat(untouched.incidents()).extracting(Incident::phase).containsExactly(Phase.UNTOUCHED);
        assertThat(untouched.actions()).isZero();
    }

    @Example
    void healerThatIsKilledInTheMiddleNeitherForgetsNorRepeats() {
        Simulation simulation = new Simulation(Given.config(QUICK));
        simulation.run(
                List.of(new Event(10_000, Fault.KILL_HEALER_BEFORE_NEXT_ANSWER, 0), new Event(1, Fault.HANG, 0)));
        assertThat(simulation.actions()).isEqualTo(1);
        assertThat(simulation.incidents()).extracting(Incident::phase).containsExactly(Phase.HEALED);
    }

    @Provide
    Arbitrary<List<Event>> histories() {
        Arbitrary<Event> event = Combinators.combine(
                        Arbitraries.integers().between(0, 20_000),
                        Arbitraries.of(Fault.class),
                        Arbitraries.integers().between(0, 5))
                .as(Event::new);
        return event.list().ofMinSize(1).ofMaxSize(25);
    }

    private static HealerConfig with(String key, String value) {
        List<String> all = new ArrayList<>(List.of(QUICK));
        Collections.addAll(all, key, value);
        return Given.config(all.toArray(String[]::new));
    }
}
