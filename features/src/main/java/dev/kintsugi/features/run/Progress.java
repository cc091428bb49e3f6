package dev.kintsugi.features.run;

import dev.kintsugi.reports.model.ScenarioResult;

/** Who wants to know how a run goes on, while it does. */
public interface Progress {

    /** Preparations, and whatever else happens between scenarios. */
    void note(String text);

    /** A scenario begins. {@code number} counts from 1. */
    void scenario(int number, String name);

    /** A step of the present scenario begins. */
    void step(String text);

    /** The present scenario has ended. */
    void finished(ScenarioResult result);

    /** Nobody wants to know. */
    Progress NONE = new Progress() {
        @Override
        public void note(String text) {}

        @Override
        public void scenario(int number, String name) {}

        @Override
        public void step(String text) {}

        @Override
        public void finished(ScenarioResult result) {}
    };
}
