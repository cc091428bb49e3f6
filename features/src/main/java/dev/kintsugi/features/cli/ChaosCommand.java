package dev.kintsugi.features.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Experiments from the command line, without a scenario around them. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description = "Check, plan, apply and end single experiments.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ChaosLintCommand.class,
            ChaosPlanCommand.class,
            ChaosApplyCommand.class,
            ChaosStatusCommand.class,
            ChaosAbortCommand.class
        })
final class ChaosCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? 'kintsugi chaos --help' lists them.");
    }
}
