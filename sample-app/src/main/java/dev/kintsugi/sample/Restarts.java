package dev.kintsugi.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * How often this container has been restarted. A process cannot ask Kubernetes; but an emptyDir outlives the container and
 * ends with the pod, so a number kept there in the file {@code starts} counts the starts within the pod.
 */
final class Restarts {

    private static final long MAX_FILE_BYTES = 32;

    private Restarts() {}

    /**
     * Counts this start.
     *
     * @return the starts before this one; 0 without a directory
     * @throws IllegalArgumentException when they cannot be counted there
     */
    static int count(Optional<Path> stateDirectory, Log log) {
        if (stateDirectory.isEmpty()) {
            return 0;
        }
        Path directory = stateDirectory.get();
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new IllegalArgumentException("STATE_DIR: '" + directory + "' is not a directory that can be written");
        }
        try {
            Path file = directory.resolve("starts");
            int before = Files.exists(file) ? read(file, log) : 0;
            Path next = directory.resolve("starts.next");
            Files.writeString(next, (before + 1) + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return before;
        } catch (IOException failed) {
            throw new IllegalArgumentException(
                    "STATE_DIR: the starts cannot be counted in '" + directory + "': " + failed.getMessage(), failed);
        }
    }

    private static int read(Path file, Log log) throws IOException {
        String text =
                Files.size(file) <= MAX_FILE_BYTES ? Files.readString(file).strip() : "(too long)";
        if (text.matches("\\d{1,9}")) {
            return Integer.parseInt(text);
        }
        log.warn("The count of starts is no number; counting from 0 again", "file", file, "text", text);
        return 0;
    }
}
