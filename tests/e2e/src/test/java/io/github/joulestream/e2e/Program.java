// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The {@code joulestream} command in a process of its own, as a user starts it. */
final class Program implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;
  private volatile boolean isKilled;

  private Program(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().start(this::read);
  }

  static Program start(String... args) throws IOException {
    return start(Map.of(), args);
  }

  static Program start(Map<String, String> environment, String... args) throws IOException {
    List<String> options = new ArrayList<>(ProgramOptions.OF_A_SHORT_RUN);
    options.addAll(ProgramOptions.sharedClasses());
    options.addAll(List.of("-cp", ProgramOptions.CLASS_PATH, ProgramOptions.MAIN));
    options.addAll(List.of(args));
    return startJava(environment, options.toArray(String[]::new));
  }

  /** Any other main class, of the class path of the tests. */
  static Program startMain(String mainClass, Map<String, String> environment, String... args)
      throws IOException {
    List<String> options = new ArrayList<>(ProgramOptions.OF_A_SHORT_RUN);
    options.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    options.addAll(List.of(args));
    return startJava(environment, options.toArray(String[]::new));
  }

  /** Java with these options, which name the program too. */
  static Program startJava(Map<String, String> environment, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("JOULESTREAM_"));
    builder.environment().putAll(environment);
    return new Program(builder.start());
  }

  private void read() {
    try (BufferedReader in = new BufferedReader(process.inputReader(StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      if (!isKilled) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Waits for a line that holds this text. */
  void awaitLine(String text) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    synchronized (lines) {
      while (lines.stream().noneMatch(line -> line.contains(text))) {
        long left = end - System.nanoTime();
        assertThat(left).as("'%s' within %s in %s", text, LIMIT, lines).isPositive();
        assertThat(process.isAlive() || reader.isAlive())
            .as("alive when it says '%s': %s", text, lines)
            .isTrue();
        lines.wait(200);
      }
    }
  }

  /** Waits for its end; its exit status. */
  int await() throws InterruptedException {
    assertThat(process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS))
        .as("ends within %s: %s", LIMIT, output())
        .isTrue();
    reader.join();
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitStatus() {
    return process.exitValue();
  }

  /** As {@code kill -9}. */
  void kill() throws InterruptedException {
    isKilled = true;
    process.destroyForcibly();
    process.waitFor();
    reader.join();
  }

  /** As {@code kill -STOP}: it lives and does nothing. */
  void suspend() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor();
  }

  /** As {@code kill -CONT}. */
  void resume() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-CONT", Long.toString(process.pid())).start().waitFor();
  }

  /** As {@code kill}. */
  void terminate() {
    process.destroy();
  }

  /** As Ctrl-C. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  /** As Ctrl-C; waits for its end. */
  void interruptAndAwait() throws IOException, InterruptedException {
    interrupt();
    await();
  }

  String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  @Override
  public void close() {
    isKilled = true;
    process.destroyForcibly();
  }
}
