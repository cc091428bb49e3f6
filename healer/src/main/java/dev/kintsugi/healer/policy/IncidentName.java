package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.model.ObjectRef;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;

/** The correlation id of an incident, also the name of its {@code Recovery}. */
final class IncidentName {

    private static final int MAX_NAME = 200;

    private IncidentName() {}

    /**
     * The pod's name, the cause, and eight digits that tell its UID and how-manieth incident it is: the same failure has
     * the same name, whoever finds it, so that the API server refuses a second one.
     */
    static String of(ObjectRef target, String cause, int ordinal) {
        String unique = UUID.nameUUIDFromBytes(
                        (target.uid() + "/" + cause + "/" + ordinal).getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, 8);
        String name = target.name().length() <= MAX_NAME
                ? target.name()
                : target.name().substring(0, MAX_NAME);
        return name + "-" + cause.toLowerCase(Locale.ROOT) + "-" + unique;
    }
}
