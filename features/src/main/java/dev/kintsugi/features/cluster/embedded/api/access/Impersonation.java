package dev.kintsugi.features.cluster.embedded.api.access;

import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A user who acts as another, by the {@code Impersonate-} headers; it needs the verb {@code impersonate} on that user and
 * on every group.
 *
 * @param user empty if nobody is impersonated
 * @param groups as asked for
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation">User
 *     impersonation</a>
 */
public record Impersonation(String user, String uid, List<String> groups, Map<String, List<String>> extra) {

    private static final String PREFIX = "impersonate-";
    private static final String EXTRA = PREFIX + "extra-";
    private static final String IMPERSONATE = "impersonate";

    /** Reads the headers of a request. */
    public static Impersonation of(Iterable<Map.Entry<String, String>> headers) {
        String user = "";
        String uid = "";
        List<String> groups = new ArrayList<>();
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            switch (name) {
                case "impersonate-user" -> user = header.getValue();
                case "impersonate-uid" -> uid = header.getValue();
                case "impersonate-group" -> groups.add(header.getValue());
                default -> {
                    if (name.startsWith(EXTRA)) {
                        extra.computeIfAbsent(name.substring(EXTRA.length()), one -> new ArrayList<>())
                                .add(header.getValue());
                    }
                }
            }
        }
        return new Impersonation(user, uid, groups, extra);
    }

    /**
     * Who then acts.
     *
     * @throws ApiException 403 if the one who asks may not, 500 if no user is named
     */
    public User applyTo(User asking, Authorizer authorizer) {
        if (user.isEmpty()) {
            if (!groups.isEmpty() || !uid.isEmpty() || !extra.isEmpty()) {
                throw ApiException.internal(
                        "Internal error occurred: requested " + groups + " without impersonating a user");
            }
            return asking;
        }
        String[] parts = user.split(":", -1);
        boolean account = user.startsWith(User.SERVICE_ACCOUNT) && parts.length == 4;
        authorizer.require(
                asking,
                account
                        ? Attributes.resource(IMPERSONATE, "", "serviceaccounts", "", parts[2], parts[3])
                        : Attributes.resource(IMPERSONATE, "", "users", "", "", user));
        for (String group : groups) {
            authorizer.require(asking, Attributes.resource(IMPERSONATE, "", "groups", "", "", group));
        }
        if (!uid.isEmpty()) {
            authorizer.require(asking, Attributes.resource(IMPERSONATE, "authentication.k8s.io", "uids", "", "", uid));
        }
        for (Map.Entry<String, List<String>> one : extra.entrySet()) {
            for (String value : one.getValue()) {
                authorizer.require(
                        asking,
                        Attributes.resource(
                                IMPERSONATE, "authentication.k8s.io", "userextras", one.getKey(), "", value));
            }
        }
        return new User(user, uid, groupsOf(account ? parts[2] : ""), extra);
    }

    /** Everybody but the anonymous user is authenticated; a service account has its groups if none are asked for. */
    private List<String> groupsOf(String accountNamespace) {
        List<String> all = new ArrayList<>(groups);
        if (groups.isEmpty() && !accountNamespace.isEmpty()) {
            all.addAll(User.serviceAccountGroups(accountNamespace));
        }
        String state = user.equals(User.ANONYMOUS_NAME) ? User.UNAUTHENTICATED : User.AUTHENTICATED;
        if (!all.contains(User.AUTHENTICATED) && !all.contains(User.UNAUTHENTICATED)) {
            all.add(state);
        }
        return all;
    }
}
