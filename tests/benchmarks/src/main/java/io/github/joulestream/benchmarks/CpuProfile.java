// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples the stacks of a running JVM by its flight recorder: by processor time on Linux, elsewhere
 * by time. The recorder is started before what counts begins, so that its own start does not count.
 */
final class CpuProfile {
  private static final String NAME = "split";

  private final long pid;
  private final Path recording;
  private Instant begin = Instant.MIN;
  private ThreadTimes before;

  private CpuProfile(long pid, Path recording, ThreadTimes before) {
    this.pid = pid;
    this.recording = recording;
    this.before = before;
  }

  /**
   * Starts the recorder.
   *
   * @param folder for the recording
   */
  static CpuProfile start(long pid, Path folder) throws IOException, InterruptedException {
    boolean linux = System.getProperty("os.name").equals("Linux");
    List<String> events =
        linux
            ? List.of("+jdk.CPUTimeSample#enabled=true", "+jdk.CPUTimeSample#throttle=10ms")
            : List.of("+jdk.ExecutionSample#enabled=true", "+jdk.ExecutionSample#period=10ms");
    List<String> start = new ArrayList<>(List.of("JFR.start", "name=" + NAME, "settings=none"));
    start.addAll(events);
    jcmd(pid, "Started recording", start);
    return new CpuProfile(pid, folder.resolve("split-" + pid + ".jfr"), ThreadTimes.of(pid));
  }

  /** From now on it counts. */
  void begin() throws IOException {
    begin = Instant.now();
    before = ThreadTimes.of(pid);
  }

  /** Ends it; what comes after this call does not count. */
  CpuSplit stop() throws IOException, InterruptedException {
    Instant end = Instant.now();
    ThreadTimes times = ThreadTimes.of(pid).minus(before);
    jcmd(
        pid,
        "Stopped recording",
        List.of("JFR.stop", "name=" + NAME, "filename=" + recording.toAbsolutePath()));
    return CpuSplit.of(recording, begin, end, times);
  }

  private static void jcmd(long pid, String expected, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    command.add(Long.toString(pid));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String answer = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0 || !answer.contains(expected) || answer.contains("Warning")) {
      throw new IOException("no recording of process %d: %s".formatted(pid, answer.strip()));
    }
  }
}
