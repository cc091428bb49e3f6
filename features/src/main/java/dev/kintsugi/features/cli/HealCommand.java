package dev.kintsugi.features.cli;

import dev.kintsugi.healer.Main;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Runs the healer beside a cluster; its options are the healer's own. */
@Command(name = "heal", description = "Watch a cluster and heal what fails in it (see heal --help).")
final class HealCommand implements Runnable {

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public void run() {
        Main.main(arguments.toArray(String[]::new));
    }
}
