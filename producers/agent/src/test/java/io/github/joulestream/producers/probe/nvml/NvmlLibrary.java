// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The library of nvml.c, built with this machine's C compiler, and what a test sets in it. Its
 * state is one for the whole process, and begins anew with each of these objects.
 */
@SuppressWarnings({"restricted", "MustBeClosedChecker"}) // native calls; closed by close()
public final class NvmlLibrary implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final SymbolLookup library;
  private final Path file;

  private NvmlLibrary(Path file) {
    this.file = file;
    library = SymbolLookup.libraryLookup(file, arena);
    call("test_reset");
  }

  /** Builds it into a folder, or skips the test where there is no compiler. */
  public static NvmlLibrary build(Path folder, String... flags)
      throws IOException, InterruptedException {
    Optional<String> compiler =
        List.of("cc", "gcc", "clang").stream().filter(NvmlLibrary::isThere).findFirst();
    assumeTrue(compiler.isPresent(), "no C compiler (cc, gcc, clang) to build nvml.c with");
    Path source = folder.resolve("nvml.c");
    try (InputStream in = requireNonNull(NvmlLibrary.class.getResourceAsStream("/nvml/nvml.c"))) {
      Files.write(source, in.readAllBytes());
    }
    Path target = folder.resolve("libnvml-test.so");
    List<String> command = new ArrayList<>(List.of(compiler.get(), "-Wall", "-Werror", "-O1"));
    command.addAll(List.of(flags));
    command.addAll(List.of("-fPIC", "-shared", "-o", target.toString(), source.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return new NvmlLibrary(target);
  }

  private static boolean isThere(String compiler) {
    try {
      Process process =
          new ProcessBuilder(compiler, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public Path file() {
    return file;
  }

  private long call(String name, Object... arguments) {
    try (Arena texts = Arena.ofConfined()) {
      Object[] values =
          Arrays.stream(arguments)
              .map(a -> a instanceof String text ? texts.allocateFrom(text) : a)
              .toArray();
      MemoryLayout[] layouts =
          Arrays.stream(values)
              .map(v ->
                  v instanceof MemorySegment ? ADDRESS : v instanceof Long ? JAVA_LONG : JAVA_INT)
              .toArray(MemoryLayout[]::new);
      MethodHandle function =
          Linker.nativeLinker()
              .downcallHandle(
                  library.find(name).orElseThrow(), FunctionDescriptor.of(JAVA_LONG, layouts));
      return (long) function.invokeWithArguments(values);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** A GPU as an H100 shows itself. */
  public NvmlLibrary gpu(int gpu, String uuid) {
    return gpu(gpu, uuid, "NVIDIA H100 80GB HBM3");
  }

  NvmlLibrary gpu(int gpu, String uuid, String model) {
    call("test_name", gpu, uuid, model);
    set(gpu, "there", 1);
    set(gpu, "energy", 5_000_000L + gpu);
    set(gpu, "power", 300_000);
    set(gpu, "limit", 600_000);
    set(gpu, "least", 200_000);
    set(gpu, "most", 700_000);
    set(gpu, "enforced", 550_000);
    set(gpu, "busy", 97);
    set(gpu, "memory busy", 41);
    set(gpu, "memory total", 80L << 30);
    set(gpu, "memory used", 20L << 30);
    set(gpu, "temperature", 54);
    set(gpu, "sm clock", 1_980);
    set(gpu, "memory clock", 2_619);
    return field(gpu, 185, 0, 1, 310_000).field(gpu, 186, 0, 1, 320_000);
  }

  public NvmlLibrary set(int gpu, String what, long value) {
    assertThat((int) call("test_set", gpu, what, value)).as(what).isZero();
    return this;
  }

  public NvmlLibrary field(int gpu, int id, int scope, int type, long value) {
    call("test_field", gpu, id, scope, type, value);
    return this;
  }

  /** A GPU that gives no fields. */
  NvmlLibrary withoutFields(int gpu) {
    return set(gpu, "fields", 0);
  }

  /** From now on the function answers this for a GPU, or for all with -1; "*" is every function. */
  public NvmlLibrary answer(String function, int gpu, int code) {
    call("test_answer", function, gpu, code);
    return this;
  }

  NvmlLibrary instance(int gpu, int place, String uuid, long total, long used) {
    call("test_instance", gpu, place, uuid, total, used);
    return this;
  }

  NvmlLibrary instanceIds(int gpu, int place, int gi, int ci) {
    call("test_instance_ids", gpu, place, gi, ci);
    return this;
  }

  NvmlLibrary processes(int gpu, int count) {
    call("test_processes", gpu, count);
    return this;
  }

  /** An XID error of a GPU occurs. */
  public NvmlLibrary xid(int gpu, long code) {
    return event(gpu, 8, code);
  }

  NvmlLibrary event(int gpu, long type, long data) {
    call("test_event", gpu, type, data);
    return this;
  }

  /** Sets of events that were made and not freed. */
  int eventSets() {
    return (int) call("test_event_sets");
  }

  /** All that a GPU may report besides power, with values that differ by GPU. */
  public NvmlLibrary status(int gpu) {
    set(gpu, "temperature", 60 + gpu);
    set(gpu, "fan", 40 + gpu);
    set(gpu, "sm clock", 1_900 + gpu);
    set(gpu, "memory clock", 2_600 + gpu);
    set(gpu, "enforced", 550_000 + gpu);
    set(gpu, "reasons", gpu % 2 == 0 ? 0x4 : 0x8 | 0x40);
    return field(gpu, 3, 0, 3, 10 + gpu)
        .field(gpu, 4, 0, 3, 20 + gpu)
        .field(gpu, 82, 0, 1, 70 + gpu)
        .field(gpu, 138, -1, 3, 1_000 + gpu)
        .field(gpu, 139, -1, 3, 2_000 + gpu)
        .field(gpu, 197, 0, 3, 5_000_000_000L + gpu)
        .field(gpu, 198, 0, 3, 6_000_000_000L + gpu);
  }

  long calls() {
    return call("test_calls");
  }

  int initialised() {
    return (int) call("test_initialised");
  }

  int size(String type) {
    return (int) call("test_size", type);
  }

  int offset(String member) {
    return (int) call("test_offset", member);
  }

  @Override
  public void close() {
    arena.close();
  }
}
