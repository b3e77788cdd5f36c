package dev.cairn.runtime.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.StringStringEntryProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads an ONNX file and leaves its weights where they are: each becomes external data, which says
 * at which offset of which file it lies. The model itself is then a few kilobytes, whatever it
 * weighs, and ONNX Runtime maps the weights from the file.
 *
 * <p>A file is read field by field (protobuf's wire format, ONNX's field numbers), because as a
 * message it would pass through the heap whole.
 */
public final class OnnxFile {

  private static final int GRAPH = 7; // of ModelProto
  private static final int INITIALIZER = 5; // of GraphProto
  private static final int RAW_DATA = 9; // of TensorProto
  private static final int SMALL = 1024; // bytes

  private final ByteBuffer bytes;
  private final String name;

  private OnnxFile(ByteBuffer bytes, String name) {
    this.bytes = bytes;
    this.name = name;
  }

  /**
   * Reads a model without its weights.
   *
   * @return the model; locations of its external data are relative to the file's directory
   * @throws IOException if it cannot be read or is no ONNX file
   */
  public static ModelProto read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new IOException("a protobuf message cannot exceed 2 GB; save its weights externally");
      }
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return new OnnxFile(mapped, file.getFileName().toString()).model();
    }
  }

  /** Returns a model with its external data in itself. */
  public static ModelProto inlined(ModelProto model, Path directory) throws IOException {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      graph.setInitializer(i, inlined(graph.getInitializer(i), directory));
    }
    return model.toBuilder().setGraph(graph).build();
  }

  /** Returns a tensor with its elements in itself. */
  public static TensorProto inlined(TensorProto tensor, Path directory) throws IOException {
    return isExternal(tensor)
        ? tensor.toBuilder()
            .clearExternalData()
            .clearDataLocation()
            .setRawData(ByteString.copyFrom(data(tensor, directory)))
            .build()
        : tensor;
  }

  /** Returns a model that finds its external data in a file by another name. */
  public static ModelProto relocated(ModelProto model, String from, String to) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      for (StringStringEntryProto.Builder entry : tensor.getExternalDataBuilderList()) {
        if (entry.getKey().equals("location") && entry.getValue().equals(from)) {
          entry.setValue(to);
        }
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  /** Returns the files that a model's weights lie in, besides its own. */
  public static Set<Path> externalFiles(ModelProto model, Path file) {
    Set<Path> files = new LinkedHashSet<>();
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (isExternal(tensor)) {
        files.add(file.resolveSibling(entry(tensor, "location", "")));
      }
    }
    files.remove(file.resolveSibling(file.getFileName()));
    return files;
  }

  /** Returns how many bytes a model's weights have. */
  public static long weightBytes(ModelProto model) {
    return model.getGraph().getInitializerList().stream()
        .mapToLong(
            tensor ->
                isExternal(tensor)
                    ? Long.parseLong(entry(tensor, "length", "0"))
                    : tensor.getSerializedSize())
        .sum();
  }

  /** Whether some weights of a model lie outside it. */
  public static boolean hasExternalData(ModelProto model) {
    return model.getGraph().getInitializerList().stream().anyMatch(OnnxFile::isExternal);
  }

  private static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  private static ByteBuffer data(TensorProto tensor, Path directory) throws IOException {
    Path file = directory.resolve(entry(tensor, "location", ""));
    long offset = Long.parseLong(entry(tensor, "offset", "0"));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = Long.parseLong(entry(tensor, "length", Long.toString(channel.size() - offset)));
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    }
  }

  private static String entry(TensorProto tensor, String key, String otherwise) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals(key))
        .map(StringStringEntryProto::getValue)
        .findFirst()
        .orElse(otherwise);
  }

  private ModelProto model() throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    in.setSizeLimit(Integer.MAX_VALUE);
    ByteString.Output rest = ByteString.newOutput();
    GraphProto graph = GraphProto.getDefaultInstance();
    for (int start = 0, tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == GRAPH) {
        int limit = in.pushLimit(in.readRawVarint32());
        graph = graph(in);
        in.popLimit(limit);
      } else {
        in.skipField(tag);
        copy(start, in.getTotalBytesRead(), rest);
      }
      start = in.getTotalBytesRead();
    }
    return ModelProto.parseFrom(rest.toByteString()).toBuilder().setGraph(graph).build();
  }

  private GraphProto graph(CodedInputStream in) throws IOException {
    ByteString.Output rest = ByteString.newOutput();
    List<TensorProto> initializers = new ArrayList<>();
    for (int start = in.getTotalBytesRead(), tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == INITIALIZER) {
        int limit = in.pushLimit(in.readRawVarint32());
        initializers.add(tensor(in));
        in.popLimit(limit);
      } else {
        in.skipField(tag);
        copy(start, in.getTotalBytesRead(), rest);
      }
      start = in.getTotalBytesRead();
    }
    GraphProto graph = GraphProto.parseFrom(rest.toByteString());
    return graph.toBuilder().addAllInitializer(initializers).build();
  }

  private TensorProto tensor(CodedInputStream in) throws IOException {
    ByteString.Output rest = ByteString.newOutput();
    int offset = -1;
    int length = 0;
    for (int start = in.getTotalBytesRead(), tag = in.readTag(); tag != 0; tag = in.readTag()) {
      in.skipField(tag);
      int end = in.getTotalBytesRead();
      if (WireFormat.getTagFieldNumber(tag) == RAW_DATA) {
        length = rawLength(start, end - start);
        offset = end - length;
      } else {
        copy(start, end, rest);
      }
      start = end;
    }
    TensorProto tensor = TensorProto.parseFrom(rest.toByteString());
    if (offset < 0) {
      return tensor;
    }
    // Compilation looks at the elements of shapes, scalars and vectors, never of matrices.
    return tensor.getDimsCount() > 1 && length > SMALL
        ? external(tensor, offset, length)
        : tensor.toBuilder().setRawData(ByteString.copyFrom(bytes.slice(offset, length))).build();
  }

  /** Length of the data of a field that starts with its tag. */
  private int rawLength(int start, int size) throws IOException {
    CodedInputStream field = CodedInputStream.newInstance(bytes.slice(start, Math.min(size, 16)));
    field.readTag();
    return field.readRawVarint32();
  }

  private TensorProto external(TensorProto tensor, int offset, int length) {
    return tensor.toBuilder()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(pair("location", name))
        .addExternalData(pair("offset", Integer.toString(offset)))
        .addExternalData(pair("length", Integer.toString(length)))
        .build();
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private void copy(int start, int end, ByteString.Output to) throws IOException {
    byte[] field = new byte[end - start];
    bytes.get(start, field);
    to.write(field);
  }
}
