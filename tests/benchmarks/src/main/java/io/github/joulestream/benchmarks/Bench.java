// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The processes of a harness and the folder in which they work: both are gone when it ends. */
final class Bench implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String CLASS_PATH = System.getProperty("java.class.path");

  private final Settings settings;
  private final Path folder;
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final Thread hook = new Thread(this::clear);

  Bench(Settings settings) throws IOException {
    this.settings = settings;
    this.folder = Files.createTempDirectory("joulestream-bench");
    // also where somebody loses patience
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** A folder of this name. */
  Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  /** Starts the broker, {@code host:port}; its topics are below the folder {@code kafka}. */
  String broker() throws IOException, InterruptedException {
    return start(Broker.class, folder("kafka").toString(), "0").await("READY ");
  }

  Child start(Class<?> main, String... args) throws IOException {
    return start(List.of(), main, CLASS_PATH, args);
  }

  /** Starts a program of the machine. */
  Child startProgram(String... command) throws IOException {
    Child child = new Child(command[0], new ProcessBuilder(command).start());
    children.add(child);
    return child;
  }

  /** Starts one of our programs on one processor. */
  Child startOn(int core, Class<?> main, String... args) throws IOException {
    return start(List.of("taskset", "-c", Integer.toString(core)), main, CLASS_PATH, args);
  }

  private Child start(List<String> before, Class<?> main, String classPath, String... args)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    for (String option : settings.text("jvm").split("\\s+")) {
      if (!option.isEmpty()) {
        command.add(option);
      }
    }
    if (main == Store.class) {
      // QuestDB reaches into objects at fixed places: with compact headers the JVM crashes
      command.add("-XX:-UseCompactObjectHeaders");
    }
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "-cp",
            classPath,
            main.getName()));
    command.addAll(List.of(args));
    return start(main.getSimpleName(), command);
  }

  /** Starts any program. */
  Child start(String name, List<String> command) throws IOException {
    Child child =
        new Child(
            name,
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    children.add(child);
    return child;
  }

  /** Starts a program of others; what it says goes into this file. */
  void startProgram(Path log, String... command) throws IOException {
    children.add(
        new Child(
            command[0],
            new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
                .start()));
  }

  /** Runs one of our programs to its end, and returns what it says. */
  JsonNode result(Class<?> main, String... args) throws IOException, InterruptedException {
    return start(main, args).result();
  }

  /** Lets a contestant work; Flink has a RocksDB and a Kafka client of its own. */
  ObjectNode lane(String contestant, String... args) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("name=" + contestant));
    all.addAll(List.of(args));
    String classPath =
        contestant.equals(Contestant.FLINK)
            ? System.getProperty("benchmarks.flink") + File.pathSeparator + CLASS_PATH
            : CLASS_PATH;
    return (ObjectNode)
        start(List.of(), Lane.class, classPath, all.toArray(String[]::new)).result();
  }

  /** Writes the results where the settings say, if they do. */
  void report(ObjectNode results) throws IOException {
    String file = settings.text("json");
    if (!file.isEmpty()) {
      results.set("settings", JSON.valueToTree(settings.all()));
      Files.writeString(
          Path.of(file), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(results));
    }
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is not among our dependencies
  static void say(String format, Object... args) {
    System.out.println(String.format(Locale.ROOT, format, args));
  }

  // ---- files

  /** Bytes that topics take on the broker. */
  long topicBytes(Predicate<String> topics) throws IOException {
    return bytes(
        folder("kafka"),
        file -> {
          String partition = file.getName(file.getNameCount() - 2).toString();
          int dash = partition.lastIndexOf('-');
          return file.toString().endsWith(".log")
              && dash > 0
              && topics.test(partition.substring(0, dash));
        });
  }

  /** Bytes of state in a folder, without what RocksDB says of itself. */
  static long stateBytes(Path folder) throws IOException {
    return bytes(
        folder,
        file -> {
          String name = String.valueOf(file.getFileName());
          return !name.startsWith("LOG") && !name.startsWith("OPTIONS");
        });
  }

  private static long bytes(Path folder, Predicate<Path> wanted) throws IOException {
    AtomicLong sum = new AtomicLong();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum.addAndGet(wanted.test(file) ? attributes.size() : 0);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // whoever works here removed it
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum.get();
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void clear() {
    try {
      for (Child child : children) {
        child.kill();
      }
      delete(folder);
    } catch (IOException e) {
      System.err.println("left behind: " + folder);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    clear();
  }
}
