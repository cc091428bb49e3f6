package dev.kintsugi.healer.config;

import java.util.List;

/** A configuration that is refused as a whole, with everything that is wrong in it. */
public final class InvalidConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * One sentence for each problem.
     *
     * @param problems each {@code Invalid configuration for KEY: VALUE} and what would be right
     */
    public InvalidConfigurationException(List<String> problems) {
        super(String.join("; ", problems));
    }
}
