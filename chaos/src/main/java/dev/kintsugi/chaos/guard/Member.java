package dev.kintsugi.chaos.guard;

import dev.kintsugi.chaos.model.PodInfo;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pod and what it belongs to.
 *
 * @param ready whether it counts as serving
 */
public record Member(PodInfo pod, Workload workload, boolean ready) {
    private static final Pattern RUN = Pattern.compile("\\d+|\\D+");

    /**
     * The order in which victims are drawn: by workload, then by name, numbers in it by their value, so that {@code web-10} comes
     * after {@code web-9}. It depends on nothing that differs between two clusters with the same workloads, but for the random
     * part of names; so a seed hits the same positions everywhere, and of a StatefulSet the same pods.
     */
    public static final Comparator<Member> LINEUP = Comparator.comparing(Member::workload)
            .thenComparing(member -> member.pod().name(), Member::natural);

    private static int natural(String one, String other) {
        Matcher left = RUN.matcher(one);
        Matcher right = RUN.matcher(other);
        while (left.find()) {
            if (!right.find()) {
                return 1;
            }
            String a = left.group();
            String b = right.group();
            boolean numbers = Character.isDigit(a.charAt(0)) && Character.isDigit(b.charAt(0));
            int order = numbers ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
            if (order != 0) {
                return order;
            }
        }
        return right.find() ? -1 : one.compareTo(other);
    }
}
