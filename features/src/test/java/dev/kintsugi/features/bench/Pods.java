package dev.kintsugi.features.bench;

/** Pods as the benchmarks create them. */
final class Pods {

    static final String PATH = "/api/v1/namespaces/default/pods";

    private Pods() {}

    static String path(int number) {
        return PATH + "/pod-" + number;
    }

    /** @param watched whether the label selector of the benchmark's watch matches it */
    static String json(int number, boolean watched) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-%d","namespace":"default",\
                "labels":{"app":"web","shard":"%d","watched":"%s"}},\
                "spec":{"nodeName":"node-%d","containers":[{"name":"app","image":"example.com/web:1",\
                "ports":[{"containerPort":8080,"name":"http"}],"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],\
                "resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"memory":"64Mi"}},\
                "readinessProbe":{"httpGet":{"path":"/ready","port":"http"},"periodSeconds":1}}]}}\
                """.formatted(number, number % 50, watched ? "yes" : "no", number % 1000);
    }

    static String patch(int round) {
        return "{\"metadata\":{\"annotations\":{\"round\":\"" + round + "\"}}}";
    }
}
