package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.TargetRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The next thing that the controllers do about an experiment. */
sealed interface Step {

    /** Write the status. */
    record WriteStatus(Status status, List<Note> notes) implements Step {}

    /** Write the finalizers. */
    record WriteFinalizers(List<String> finalizers, List<Note> notes) implements Step {}

    /** Do these to these records, then write how it went. */
    record Act(List<TargetRecord> records, List<Operation> operations) implements Step {}

    /** Say why nothing can be done. Not tried again until somebody changes the resource. */
    record GiveUp(List<Note> notes) implements Step {}

    /** Nothing now; look again at the latest then. */
    record Rest(Optional<Instant> until) implements Step {}
}
