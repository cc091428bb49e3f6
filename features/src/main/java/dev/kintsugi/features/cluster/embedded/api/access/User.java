package dev.kintsugi.features.cluster.embedded.api.access;

import java.util.List;
import java.util.Map;

/**
 * Who makes a request.
 *
 * @param uid empty if there is none
 * @param extra what else is known, e.g. the pod that a token was made for
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {

    static final String MASTERS = "system:masters";
    static final String AUTHENTICATED = "system:authenticated";
    static final String UNAUTHENTICATED = "system:unauthenticated";
    static final String ANONYMOUS_NAME = "system:anonymous";
    static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    /** The cluster's administrator, who may do everything. */
    static final User ADMIN = new User("kintsugi-admin", "", List.of(MASTERS, AUTHENTICATED), Map.of());

    /** Whoever shows no credentials. */
    static final User ANONYMOUS = new User(ANONYMOUS_NAME, "", List.of(UNAUTHENTICATED), Map.of());

    public User {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }

    /** A service account; its groups are those of all service accounts, and of those in its namespace. */
    static User serviceAccount(String namespace, String name, String uid, Map<String, List<String>> extra) {
        return new User(SERVICE_ACCOUNT + namespace + ":" + name, uid, serviceAccountGroups(namespace), extra);
    }

    static List<String> serviceAccountGroups(String namespace) {
        return List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace, AUTHENTICATED);
    }

    boolean isMaster() {
        return groups.contains(MASTERS);
    }
}
