package dev.kintsugi.features.steps;

import dev.kintsugi.chaos.model.Bandwidth;
import dev.kintsugi.chaos.model.Direction;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.HttpRule;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.NetworkEmulation;
import dev.kintsugi.chaos.model.PacketHarm;
import dev.kintsugi.chaos.model.Percentage;
import dev.kintsugi.chaos.model.Traffic;
import dev.kintsugi.features.recording.Effect;
import dev.kintsugi.features.recording.Reply;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.features.steps.Units.Percent;
import dev.kintsugi.features.workload.SampleApp;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.List;

/** The way to a pod that is broken: its packets, or its HTTP messages. */
public final class NetworkSteps {

    private static final int ANSWERS = 3;
    /** An answer that takes longer than usual at any rate up to {@link #FASTEST}. */
    private static final int LARGE_ANSWER = 64 * 1024;

    /** Above this the requests that look at the target would not notice. */
    private static final long FASTEST = 256 * 1024;

    private final OneVictim one;

    public NetworkSteps(OneVictim one) {
        this.one = one;
    }

    @When("one pod loses {percent} of what it sends for {duration}")
    public void lose(Percent loss, Duration duration) throws InterruptedException {
        one.broken(Fault.NetworkLoss.outgoing(loss.value()), duration, one::degraded);
    }

    @When("one pod loses {percent} of what it sends, and the rest is delayed by {duration}, for {duration}")
    public void loseAndDelay(Percent loss, Duration delay, Duration duration) throws InterruptedException {
        one.broken(
                new NetworkEmulation(Percentage.of(loss.value()), delay, Duration.ZERO, Traffic.outgoing()),
                duration,
                victim -> one.delayed(victim, delay));
    }

    @When("what one pod sends is delayed by {duration} for {duration}")
    public void delay(Duration delay, Duration duration) throws InterruptedException {
        one.broken(Fault.NetworkDelay.outgoing(delay), duration, victim -> one.delayed(victim, delay));
    }

    @When("{percent} of what one pod sends is corrupted for {duration}")
    public void corrupt(Percent share, Duration duration) throws InterruptedException {
        one.broken(PacketHarm.outgoing(PacketHarm.Harm.CORRUPT, share.value()), duration, one::degraded);
    }

    @When("{percent} of what one pod sends is duplicated for {duration}")
    public void duplicate(Percent share, Duration duration) throws InterruptedException {
        one.broken(
                PacketHarm.outgoing(PacketHarm.Harm.DUPLICATE, share.value()),
                duration,
                victim -> new Effect.Unseen(
                        victim.uid(), "TCP drops what comes twice, so that requests do not show duplicates"));
    }

    @When("what one pod sends is held to {size} per second for {duration}")
    public void limit(MemorySize rate, Duration duration) throws InterruptedException {
        if (!(rate instanceof MemorySize.Bytes bytes) || bytes.bytes() < 1 || bytes.bytes() > FASTEST) {
            throw new UsageException(rate.text() + " per second: must be an amount of at most 256 KiB, such as 20 KiB");
        }
        one.broken(Bandwidth.outgoing(bytes.bytes()), duration, victim -> one.slow(victim, LARGE_ANSWER));
    }

    @When("one pod is cut off for {duration}")
    public void cutOff(Duration duration) throws InterruptedException {
        one.broken(new Fault.NetworkPartition(new Traffic(Direction.BOTH, null, List.of())), duration, one::unanswered);
    }

    @When("requests to one pod are aborted for {duration}")
    public void abort(Duration duration) throws InterruptedException {
        one.broken(http(new HttpRule.Change.Abort()), duration, one::unanswered);
    }

    @When("requests to one pod are delayed by {duration} for {duration}")
    public void delayRequests(Duration delay, Duration duration) throws InterruptedException {
        one.broken(http(new HttpRule.Change.Delay(delay)), duration, victim -> one.delayed(victim, delay));
    }

    @When("one pod answers every request with status {int} for {duration}")
    public void status(int status, Duration duration) throws InterruptedException {
        one.broken(
                http(new HttpRule.Change.Status(status)),
                duration,
                victim -> new Effect.Answered(one.probe(victim, "/"), status, ANSWERS));
    }

    @When("the answers of one pod get one more header for {duration}")
    public void header(Duration duration) throws InterruptedException {
        one.broken(
                http(new HttpRule.Change.Header(Reply.ALTERED, "yes")),
                duration,
                victim -> new Effect.Altered(one.probe(victim, "/"), ANSWERS));
    }

    private static Fault http(HttpRule.Change change) {
        return new HttpRule(SampleApp.PORT, change);
    }
}
