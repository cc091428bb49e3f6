package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.resource.Body;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Admissionregistration;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Authentication;
import io.kubernetes.client.proto.V1Authorization;
import io.kubernetes.client.proto.V1Autoscaling;
import io.kubernetes.client.proto.V1Batch;
import io.kubernetes.client.proto.V1Networking;
import io.kubernetes.client.proto.V1Policy;
import io.kubernetes.client.proto.V1Rbac;
import io.kubernetes.client.proto.V1Scheduling;
import io.kubernetes.client.proto.V1Storage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies in {@code application/vnd.kubernetes.protobuf}: four bytes of magic, and a {@code runtime.Unknown} around
 * the object. The messages are those of the published {@code generated.proto} files.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding">Protobuf encoding</a>
 */
final class ProtobufReader {

    private static final byte[] MAGIC = {'k', '8', 's', 0};

    private ProtobufReader() {}

    static Body read(byte[] bytes) throws JsonReader.Unreadable {
        if (bytes.length < MAGIC.length || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new JsonReader.Unreadable(
                    "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }
        try {
            byte[] rest = Arrays.copyOfRange(bytes, MAGIC.length, bytes.length);
            Unknown wrapped = Unknown.parseFrom(rest);
            String version = wrapped.getTypeMeta().getApiVersion();
            String kind = wrapped.getTypeMeta().getKind();
            Descriptor type = find(version, kind);
            if (type == null) {
                throw ApiException.unsupportedMediaType(Call.JSON + ", " + Call.YAML);
            }
            JsonNode object = ProtobufJson.of(DynamicMessage.parseFrom(type, wrapped.getRaw()));
            if (object instanceof ObjectNode tree) {
                tree.put("kind", kind).put("apiVersion", version);
            }
            return Body.of(object);
        } catch (InvalidProtocolBufferException e) {
            throw new JsonReader.Unreadable("proto: " + e.getMessage());
        }
    }

    private static @Nullable Descriptor find(String version, String kind) {
        FileDescriptor file = kind.equals("DeleteOptions") ? Meta.getDescriptor() : file(version);
        return file == null ? null : file.findMessageTypeByName(kind);
    }

    /** Loaded when needed only: the descriptors of a group take tens of milliseconds to build. */
    private static @Nullable FileDescriptor file(String version) {
        return switch (version) {
            case "v1" -> V1.getDescriptor();
            case "apps/v1" -> V1Apps.getDescriptor();
            case "batch/v1" -> V1Batch.getDescriptor();
            case "policy/v1" -> V1Policy.getDescriptor();
            case "autoscaling/v1" -> V1Autoscaling.getDescriptor();
            case "networking.k8s.io/v1" -> V1Networking.getDescriptor();
            case "rbac.authorization.k8s.io/v1" -> V1Rbac.getDescriptor();
            case "authorization.k8s.io/v1" -> V1Authorization.getDescriptor();
            case "authentication.k8s.io/v1" -> V1Authentication.getDescriptor();
            case "admissionregistration.k8s.io/v1" -> V1Admissionregistration.getDescriptor();
            case "scheduling.k8s.io/v1" -> V1Scheduling.getDescriptor();
            case "storage.k8s.io/v1" -> V1Storage.getDescriptor();
            default -> null;
        };
    }
}
