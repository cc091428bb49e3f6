package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is structurally wrong is refused with 422 and names its field, in the words of Kubernetes 1.28. */
class ValidationTest {

    private static ApiServer server;
    private static Api api;

    @BeforeAll
    static void start() {
        server = ApiServer.start(ServerOptions.withSeed(1));
        api = new Api(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest(name = "{1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "policy/v1/poddisruptionbudgets | {minAvailable: -1} | spec.minAvailable | Invalid value: -1: must be"
                        + " greater than or equal to 0",
                "policy/v1/poddisruptionbudgets | {maxUnavailable: '101%'} | spec.maxUnavailable | Invalid value:"
                        + " \"101%\": must not be greater than 100%",
                "policy/v1/poddisruptionbudgets | {selector: {matchExpressions: [{key: a, operator: Is}]}} |"
                        + " spec.selector.matchExpressions[0].operator | Invalid value: \"Is\": not a valid selector"
                        + " operator",
                "autoscaling/v2/horizontalpodautoscalers | {maxReplicas: 1, minReplicas: 2, scaleTargetRef: {kind:"
                        + " Deployment, name: d}} | spec.maxReplicas | Invalid value: 1: must be greater than or equal"
                        + " to `minReplicas`",
                "networking.k8s.io/v1/ingresses | {rules: [{http: {paths: [{path: x, pathType: Prefix, backend:"
                        + " {service: {name: s, port: {number: 1}}}}]}}]} | spec.rules[0].http.paths[0].path | Invalid"
                        + " value: \"x\": must be an absolute path",
                "networking.k8s.io/v1/networkpolicies | {podSelector: {}, policyTypes: [Sideways]} |"
                        + " spec.policyTypes[0] | Unsupported value: \"Sideways\": supported values: \"Egress\","
                        + " \"Ingress\"",
                "batch/v1/cronjobs | {schedule: '* *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never,"
                        + " containers: [{name: c, image: i}]}}}}} | spec.schedule | Invalid value: \"* *\": expected"
                        + " exactly 5 fields, found 2: [* *]",
                "batch/v1/jobs | {parallelism: -1, template: {spec: {restartPolicy: Never, containers: [{name: c,"
                        + " image: i}]}}} | spec.parallelism | Invalid value: -1: must be greater than or equal to 0",
                "v1/persistentvolumeclaims | {accessModes: [Sometimes], resources: {requests: {storage: 1Gi}}} |"
                        + " spec.accessModes | Unsupported value: \"Sometimes\": supported values: \"ReadOnlyMany\","
                        + " \"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"",
                "v1/services | {ports: [{port: 80, protocol: XTP}]} | spec.ports[0].protocol | Unsupported value:"
                        + " \"XTP\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
                "v1/pods | {containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /x}]}]} |"
                        + " spec.containers[0].volumeMounts[0].name | Not found: \"v\"",
                "v1/pods | {containers: [{name: c, image: i, ports: [{containerPort: 70000}]}]} |"
                        + " spec.containers[0].ports[0].containerPort | Invalid value: 70000: must be between 1 and"
                        + " 65535, inclusive",
                "apps/v1/statefulsets | {podManagementPolicy: Wild, selector: {matchLabels: {a: b}}, template: {metadata:"
                        + " {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}} | spec.podManagementPolicy |"
                        + " Invalid value: \"Wild\": must be 'OrderedReady' or 'Parallel'",
                "apps/v1/daemonsets | {updateStrategy: {rollingUpdate: {maxUnavailable: 0}}, selector: {matchLabels:"
                        + " {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}} |"
                        + " spec.updateStrategy.rollingUpdate.maxUnavailable | Required value: cannot be 0 when maxSurge"
                        + " is 0",
                "apps/v1/deployments | {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec:"
                        + " {activeDeadlineSeconds: 1, containers: [{name: c, image: i}]}}} |"
                        + " spec.template.spec.activeDeadlineSeconds | Forbidden: activeDeadlineSeconds in ReplicaSet is"
                        + " not Supported",
                "batch/v1/cronjobs | {schedule: '@daily', timeZone: Mars/Base, jobTemplate: {spec: {template: {spec:"
                        + " {restartPolicy: Never, containers: [{name: c, image: i}]}}}}} | spec.timeZone | Invalid"
                        + " value: \"Mars/Base\": unknown time zone Mars/Base",
                "batch/v1/cronjobs | {schedule: '@daily', jobTemplate: {spec: {template: {spec: {containers: [{name: c,"
                        + " image: i}]}}}}} | spec.jobTemplate.spec.template.spec.restartPolicy | Unsupported value:"
                        + " \"Always\": supported values: \"OnFailure\", \"Never\"",
                "batch/v1/jobs | {podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values:"
                        + " [0]}}]}, template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}} |"
                        + " spec.podFailurePolicy.rules[0].onExitCodes.values[0] | Invalid value: 0: must not be 0 for"
                        + " the In operator",
                "v1/pods | {containers: [{name: c, image: i, livenessProbe: {exec: {}, tcpSocket: {port: 1}}}]} |"
                        + " spec.containers[0].livenessProbe.tcpSocket | Forbidden: may not specify more than 1 handler"
                        + " type",
                "v1/pods | {containers: [{name: c, image: i}], volumes: [{name: v, secret: {}}]} |"
                        + " spec.volumes[0].secret.secretName | Required value",
                "v1/pods | {containers: [{name: c, image: i}], initContainers: [{name: d, image: i, readinessProbe:"
                        + " {tcpSocket: {port: 1}}}]} | spec.initContainers[0].readinessProbe | Forbidden: may not be set"
                        + " for init containers",
                "v1/pods | {containers: [{name: c, image: i}], tolerations: [{key: a, operator: Likes}]} |"
                        + " spec.tolerations[0].operator | Unsupported value: \"Likes\": supported values: \"Equal\","
                        + " \"Exists\"",
            })
    void wrongSpecNamesItsField(String kind, String spec, String field, String message) {
        assertRefused(kind, "{metadata: {name: x}, spec: " + spec + "}", field, message);
    }

    @ParameterizedTest(name = "{1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "rbac.authorization.k8s.io/v1/roles | {metadata: {name: x}, rules: [{apiGroups: [''], resources:"
                        + " [pods]}]} | rules[0].verbs | Required value: verbs must contain at least one value",
                "rbac.authorization.k8s.io/v1/roles | {metadata: {name: x}, rules: [{verbs: [get], nonResourceURLs:"
                        + " [/x]}]} | rules[0].nonResourceURLs | Invalid value: []string{\"/x\"}: namespaced rules"
                        + " cannot apply to non-resource URLs",
                "rbac.authorization.k8s.io/v1/rolebindings | {metadata: {name: x}, roleRef: {kind: Actor, name: r}} |"
                        + " roleRef.kind | Unsupported value: \"Actor\": supported values: \"ClusterRole\", \"Role\"",
                "v1/secrets | {metadata: {name: x}, type: kubernetes.io/tls, data: {tls.crt: MQ==}} | data[tls.key] |"
                        + " Required value",
                "v1/configmaps | {metadata: {name: x}, data: {'a b': c}} | data[a b] | Invalid value: \"a b\": a valid"
                        + " config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or"
                        + " 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
                "discovery.k8s.io/v1/endpointslices | {metadata: {name: x}, addressType: IPv4, endpoints:"
                        + " [{addresses: []}]} | endpoints[0].addresses | Required value: must contain at least 1"
                        + " address",
            })
    void wrongObjectNamesItsField(String kind, String body, String field, String message) {
        assertRefused(kind, body, field, message);
    }

    private static void assertRefused(String kind, String body, String field, String message) {
        int slash = kind.lastIndexOf('/');
        String version = kind.substring(0, slash);
        String path =
                (version.equals("v1") ? "/api/" : "/apis/") + version + "/namespaces/default" + kind.substring(slash);
        Api.Answer answer = api.call("POST", path, "application/yaml", body, null);
        assertThat(answer.code()).as(answer.body().toString()).isEqualTo(422);
        List<String> causes = new ArrayList<>();
        answer.body()
                .at("/details/causes")
                .forEach(cause -> causes.add(cause.path("field").asText() + ": "
                        + cause.path("message").asText()));
        assertThat(causes).contains(field + ": " + message);
    }
}
