// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that hold something on this node, in a small file: so that an agent that starts again
 * knows which jobs ended without it, because it or the node was down. The file's time of
 * modification is when the agent was last alive, to a minute. Used by one thread.
 */
public final class HeldJobs {
  private static final Logger log = LoggerFactory.getLogger(HeldJobs.class);
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final int MAX_BYTES = 16 << 20;
  private static final long UNSURE_MILLIS = Duration.ofMinutes(2).toMillis();

  private final @Nullable Path file;
  private final String boot;
  private final Set<String> jobs = new LinkedHashSet<>();
  private long aliveEpochMillis = Long.MIN_VALUE;
  private boolean sameBoot;
  private @Nullable Set<String> kept;
  private boolean failing;

  private HeldJobs(@Nullable Path file, String boot) {
    this.file = file;
    this.boot = boot;
  }

  /** Nothing is kept. */
  public static HeldJobs none() {
    return new HeldJobs(null, "");
  }

  /** Kept in this file, which need not exist; what it holds is from before. */
  public static HeldJobs in(Path file) throws IOException {
    return in(
        file, Files.isReadable(BOOT_ID) ? SmallFile.namedText(BOOT_ID, MAX_BYTES).strip() : "");
  }

  static HeldJobs in(Path file, String boot) throws IOException {
    HeldJobs held = new HeldJobs(file, boot);
    if (Files.exists(file)) {
      List<String> lines = SmallFile.namedText(file, MAX_BYTES).lines().toList();
      held.sameBoot = !lines.isEmpty() && lines.getFirst().equals(boot);
      lines.stream().skip(1).filter(Bounds::isName).forEach(held.jobs::add);
      held.aliveEpochMillis = Files.getLastModifiedTime(file).toMillis();
    }
    return held;
  }

  /** Jobs that held something when the agent was last alive. */
  Set<String> jobs() {
    return jobs;
  }

  /** True if this one did; asked once. */
  boolean forget(String job) {
    return jobs.remove(job);
  }

  /** True if the agent was last alive before this time. */
  boolean diedBefore(long epochMillis) {
    return aliveEpochMillis < epochMillis;
  }

  /**
   * When a job ended that was there before and is not now: just now, or with the node if that was
   * started anew.
   */
  long goneEpochMillis(long nowEpochMillis) {
    return sameBoot ? nowEpochMillis : Math.min(nowEpochMillis, aliveEpochMillis);
  }

  /** True if the agent before this one published the end of a job. */
  boolean hasEndOf(String job, long endEpochMillis) {
    return !jobs.contains(job) && aliveEpochMillis > endEpochMillis + UNSURE_MILLIS;
  }

  /** Keeps these, and that the agent is alive now. */
  void keep(Set<String> now, long epochMillis) {
    if (file == null) {
      return;
    }
    try {
      if (!now.equals(kept)) {
        PrivateFiles.replace(file, boot + "\n" + String.join("\n", now) + "\n");
        kept = new TreeSet<>(now);
      }
      Files.setLastModifiedTime(file, FileTime.fromMillis(epochMillis));
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        failing = true;
        log.warn(
            "Cannot write {}; jobs that end while the agent is not running stay open: {}",
            file,
            e.toString());
      }
    }
  }
}
