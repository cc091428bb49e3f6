package dev.kintsugi.features.cluster.embedded.node;

import io.fabric8.kubernetes.api.model.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which images run as real processes, and how. An image that is not known is simulated.
 *
 * <p>A process sees: the environment of the pod's spec, the variables of the Services of its namespace, {@code HOSTNAME} (the
 * pod's name) and {@code LISTEN_ADDRESS} (the address it must bind, on its container port). There is no cluster DNS: a name such as
 * {@code http://web:8080} does not resolve, and is not rewritten either. Use {@code http://$(WEB_SERVICE_HOST):$(WEB_SERVICE_PORT)}.
 */
@FunctionalInterface
public interface Images {

    /**
     * The command line that runs a container.
     *
     * @return empty when containers of this image are simulated
     * @throws IllegalArgumentException when the container asks for something that the image cannot do; the container then waits with
     *     {@code CreateContainerError} and this message
     */
    Optional<List<String>> command(Container container);

    /**
     * One image, of any tag, that runs a command; {@code args} of the container follow it, {@code command} is refused, since there is
     * no file system of its own that it could be found in.
     *
     * @param repository such as {@code kintsugi/sample-app}
     */
    static Images of(String repository, List<String> command) {
        return container -> {
            String image = container.getImage();
            if (!image.equals(repository) && !image.startsWith(repository + ":")) {
                return Optional.empty();
            }
            if (!container.getCommand().isEmpty()) {
                throw new IllegalArgumentException(
                        "image " + image
                                + " runs as a process of this machine, which has no 'command' but its own; remove it, 'args' are fine");
            }
            List<String> words = new ArrayList<>(command);
            words.addAll(container.getArgs());
            return Optional.of(words);
        };
    }
}
