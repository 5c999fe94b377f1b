// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process that a harness started. */
final class Child {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final String END = "\0";

  private final String name;
  private final Process process;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

  Child(String name, Process process) {
    this.name = name;
    this.process = process;
    // of the platform: a virtual one would hold its carrier for as long as it reads a pipe
    Thread.ofPlatform().name("child-" + name).daemon().start(this::read);
  }

  // always, so that it never waits for us to listen
  private void read() {
    try (BufferedReader out = process.inputReader(UTF_8)) {
      out.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      // it was killed
    }
    lines.add(END);
  }

  /** Waits for a line that begins so, and returns the rest of it. */
  String await(String prefix) throws IOException, InterruptedException {
    for (String line = lines.take(); !line.equals(END); line = lines.take()) {
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length());
      }
    }
    throw new IOException(name + " ended with " + process.waitFor());
  }

  /** What it says at its end. */
  JsonNode result() throws IOException, InterruptedException {
    JsonNode result = JSON.readTree(await("RESULT "));
    if (process.waitFor() != 0) {
      throw new IOException(name + " ended with " + process.exitValue());
    }
    return result;
  }

  /** Waits so long for its end; true if it has ended. */
  boolean ended(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Processor time so far, of all its threads; 0 when it has ended. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
  }

  /** Ends it in order. */
  void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** Ends it as a power failure would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
