package dev.kintsugi.features.cluster.embedded.api.view;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * OpenAPI v2, without any path or definition: kubectl up to 1.28 gives up when there is no such document, and asks for
 * it in protobuf; when it does not find a kind in it, it leaves all checks to the server. What there is to know stands
 * in {@link OpenApi}.
 */
public final class OpenApi2 {

    /** What clients name in their Accept header. */
    public static final String PROTOBUF_REQUESTED = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /** The content type of {@link #protobuf}. */
    public static final String PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private static final String SWAGGER = "2.0";
    private static final String TITLE = "Kubernetes";
    private static final String VERSION = "v1.28.0";

    private OpenApi2() {}

    /** The document as JSON. */
    public static ObjectNode json() {
        ObjectNode document = JsonNodeFactory.instance.objectNode().put("swagger", SWAGGER);
        document.putObject("info").put("title", TITLE).put("version", VERSION);
        document.putObject("paths");
        document.putObject("definitions");
        return document;
    }

    /** The same as a {@code openapi.v2.Document} of gnostic: fields 1 swagger, 2 info, 8 paths, 9 definitions. */
    public static byte[] protobuf() {
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        field(info, 1, TITLE.getBytes(StandardCharsets.UTF_8));
        field(info, 2, VERSION.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        field(document, 1, SWAGGER.getBytes(StandardCharsets.UTF_8));
        field(document, 2, info.toByteArray());
        field(document, 8, new byte[0]);
        field(document, 9, new byte[0]);
        return document.toByteArray();
    }

    /** A length-delimited field; all here are shorter than 128 bytes. */
    private static void field(ByteArrayOutputStream out, int number, byte[] value) {
        out.write((number << 3) | 2);
        out.write(value.length);
        out.writeBytes(value);
    }
}
