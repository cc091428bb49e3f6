package dev.kintsugi.healer.helm.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of strategicpatch.CreateThreeWayMergePatch, one by one: old manifest, new manifest, live object, patch. */
class MergePatchTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .build();

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing to do | {a:1} | {a:1} | {a:1,b:2} | {}",
                "drift is taken back | {a:1} | {a:1} | {a:3} | {a:1}",
                "new field | {} | {a:1} | {} | {a:1}",
                "field that left the manifest | {a:1,b:2} | {a:1} | {a:1,b:2,c:3} | {b:null}",
                "nested | {x:{a:1,b:2}} | {x:{a:1}} | {x:{a:5,b:2,c:3}} | {x:{a:1,b:null}}",
                "plain list is replaced | {l:[1,2]} | {l:[1]} | {l:[1,2]} | {l:[1]}",
                "type changed | {x:{a:1}} | {x:[1]} | {x:{a:1}} | {x:[1]}"
            })
    void topLevelFields(String name, String old, String now, String live, String patch) throws Exception {
        assertThat(configMap(old, now, live)).isEqualTo(json(patch));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "container that others added stays and the order is told"
                        + "| containers:[{name:\"a\",image:\"1\"}]"
                        + "| containers:[{name:\"a\",image:\"2\"}]"
                        + "| containers:[{name:\"a\",image:\"1\"},{name:\"mesh\"}]"
                        + "| \"$setElementOrder/containers\":[{name:\"a\"}],containers:[{name:\"a\",image:\"2\"}]",
                "container that left the manifest is deleted"
                        + "| containers:[{name:\"a\"},{name:\"b\"}]"
                        + "| containers:[{name:\"a\"}]"
                        + "| containers:[{name:\"a\"},{name:\"b\"}]"
                        + "| \"$setElementOrder/containers\":[{name:\"a\"}],containers:[{\"$patch\":\"delete\",name:\"b\"}]",
                "field and variable of a container that left"
                        + "| containers:[{name:\"a\",tty:true,env:[{name:\"X\",value:\"1\"},{name:\"Y\",value:\"2\"}]}]"
                        + "| containers:[{name:\"a\",env:[{name:\"Y\",value:\"3\"}]}]"
                        + "| containers:[{name:\"a\",tty:true,env:[{name:\"X\",value:\"1\"},{name:\"Y\",value:\"2\"}]}]"
                        + "| \"$setElementOrder/containers\":[{name:\"a\"}],containers:[{name:\"a\",tty:null,"
                        + "\"$setElementOrder/env\":[{name:\"Y\"}],env:[{name:\"Y\",value:\"3\"},{\"$patch\":\"delete\",name:\"X\"}]}]",
                "new order"
                        + "| containers:[{name:\"a\"},{name:\"b\"}]"
                        + "| containers:[{name:\"b\"},{name:\"a\"}]"
                        + "| containers:[{name:\"a\"},{name:\"b\"}]"
                        + "| \"$setElementOrder/containers\":[{name:\"b\"},{name:\"a\"}]",
                "volume of another kind keeps none of the old"
                        + "| volumes:[{name:\"v\",emptyDir:{}}]"
                        + "| volumes:[{name:\"v\",configMap:{name:\"c\"}}]"
                        + "| volumes:[{name:\"v\",emptyDir:{}}]"
                        + "| \"$setElementOrder/volumes\":[{name:\"v\"}],volumes:[{name:\"v\",configMap:{name:\"c\"},"
                        + "emptyDir:null,\"$retainKeys\":[\"configMap\",\"name\"]}]",
                "tolerations have no key and are replaced"
                        + "| tolerations:[{key:\"a\"}] | tolerations:[{key:\"b\"}] | tolerations:[{key:\"a\"}] | tolerations:[{key:\"b\"}]"
            })
    void podTemplates(String name, String old, String now, String live, String patch) throws Exception {
        assertThat(MergePatch.of(deployment(old), deployment(now), deployment(live))
                        .body())
                .isEqualTo(json("{spec:{template:{spec:{" + patch + "}}}}"));
    }

    @Test
    void strategyOfADeploymentNamesWhatStays() throws Exception {
        String head = "apiVersion:\"apps/v1\",kind:\"Deployment\",spec:";
        assertThat(MergePatch.of(
                                json("{" + head + "{strategy:{type:\"RollingUpdate\",rollingUpdate:{maxSurge:1}}}}"),
                                json("{" + head + "{strategy:{type:\"Recreate\"}}}"),
                                json("{" + head + "{strategy:{type:\"RollingUpdate\",rollingUpdate:{maxSurge:1}}}}"))
                        .body())
                .isEqualTo(json("{spec:{strategy:{\"$retainKeys\":[\"type\"],rollingUpdate:null,type:\"Recreate\"}}}"));
    }

    @Test
    void finalizersAreASet() throws Exception {
        assertThat(MergePatch.of(
                                json("{apiVersion:\"v1\",kind:\"ConfigMap\",metadata:{finalizers:[\"a\",\"b\"]}}"),
                                json("{apiVersion:\"v1\",kind:\"ConfigMap\",metadata:{finalizers:[\"b\",\"c\"]}}"),
                                json(
                                        "{apiVersion:\"v1\",kind:\"ConfigMap\",metadata:{finalizers:[\"a\",\"b\",\"x\"]}}"))
                        .body())
                .isEqualTo(json("{metadata:{\"$deleteFromPrimitiveList/finalizers\":[\"a\"],"
                        + "\"$setElementOrder/finalizers\":[\"b\",\"c\"],finalizers:[\"c\"]}}"));
    }

    @Test
    void customResourcesGetAJsonMergePatchOfTheManifestsAlone() throws Exception {
        String head = "apiVersion:\"example.com/v1\",kind:\"Widget\",spec:";
        MergePatch patch = MergePatch.of(
                json("{" + head + "{size:1,colour:\"red\",parts:[{name:\"a\"}]}}"),
                json("{" + head + "{size:2,parts:[{name:\"a\"}]}}"),
                json("{" + head + "{size:9,colour:\"red\",parts:[{name:\"a\"},{name:\"b\"}]}}"));
        assertThat(patch.contentType()).isEqualTo("application/merge-patch+json");
        assertThat((Object) patch.body()).isEqualTo(json("{spec:{size:2,colour:null}}"));
    }

    private static Object configMap(String old, String now, String live) throws JsonProcessingException {
        return MergePatch.of(core(old), core(now), core(live)).body();
    }

    private static ObjectNode core(String fields) throws JsonProcessingException {
        return json(fields).put("apiVersion", "v1").put("kind", "ConfigMap");
    }

    private static ObjectNode deployment(String podSpec) throws JsonProcessingException {
        return json("{apiVersion:\"apps/v1\",kind:\"Deployment\",spec:{template:{spec:{" + podSpec + "}}}}");
    }

    private static ObjectNode json(String text) throws JsonProcessingException {
        return (ObjectNode) JSON.readTree(text);
    }
}
