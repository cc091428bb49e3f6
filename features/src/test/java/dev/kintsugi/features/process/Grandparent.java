package dev.kintsugi.features.process;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/** A JVM that starts children of its own, prints their process ids and then waits to be killed. */
final class Grandparent {

    private Grandparent() {}

    public static void main(String[] arguments) throws InterruptedException {
        Path folder = Path.of(arguments[0]);
        for (String name : new String[] {"patient", "stubborn"}) {
            String ignore = name.equals("stubborn") ? "trap '' TERM INT HUP; " : "";
            ChildProcess child = ChildProcess.start(
                    ChildProcess.Command.of("sh", "-c", ignore + "while :; do sleep 0.2; done"),
                    new LogFile(folder.resolve(name + ".log"), 10_000, InstantSource.system()));
            System.out.println("child " + child.pid());
        }
        System.out.println("ready");
        new CountDownLatch(1).await();
    }
}
