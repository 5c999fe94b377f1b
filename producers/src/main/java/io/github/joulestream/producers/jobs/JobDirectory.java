// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.schemas.JobRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory with a {@link JobFile} for each job: a job that has a file is there, one whose file
 * says {@code end} ended then, one whose file is gone ended when the directory changed. Prologs and
 * epilogs, {@code joulestream job --dir} and whoever else put files there under a name that begins
 * with a dot, and rename them: that changes the directory's time of modification, which is all that
 * is looked at while nothing happens. A file whose last line has no end is not yet written.
 *
 * <p>Beside a job's file there may be {@code JOB.progress}, with the keys {@code done} and {@code
 * unit} alone: it can belong to the job's user, who so tells of progress without being able to say
 * anything else.
 */
public final class JobDirectory implements JobSource {
  /** Where it is unless said otherwise. */
  public static final Path DEFAULT = Path.of("/run/joulestream/jobs");

  private static final Logger log = LoggerFactory.getLogger(JobDirectory.class);
  private static final String PROGRESS = ".progress";
  private static final String MARK = ".agent";
  private static final int MOST_BYTES = 64 << 10;
  // the kernel stamps by its own ticks: what changed just now may change again under that stamp
  private static final long TICK_MILLIS = 100;
  // whoever writes in place leaves the directory's time as it is
  private static final long LOOK_MILLIS = 60_000;
  private static final long PROGRESS_MILLIS = 2_000;

  private final String site;
  private final Path directory;
  private final Map<String, Known> files = new LinkedHashMap<>();
  private List<LocalJob> jobs = List.of();
  private @Nullable FileTime changed;
  private boolean settled;
  private long lookedEpochMillis = Long.MIN_VALUE;
  private long progressEpochMillis = Long.MIN_VALUE;
  private long markedEpochMillis = -LOOK_MILLIS;

  /** A file as it was read. */
  private record Known(
      FileTime modified, long size, @Nullable Map<String, String> values, @Nullable FileTime said) {
    boolean is(BasicFileAttributes file) {
      return modified.equals(file.lastModifiedTime()) && size == file.size();
    }
  }

  public JobDirectory(String site, Path directory) {
    this.site = site;
    this.directory = directory;
  }

  /** True if an agent that may write there has looked into the directory within that time. */
  public static boolean readWithin(Path directory, Duration time, long nowEpochMillis) {
    try {
      FileTime mark = modified(directory.resolve(MARK));
      return mark != null && nowEpochMillis - mark.toMillis() <= time.toMillis();
    } catch (IOException e) {
      log.debug("the agent's mark in {} cannot be read", directory, e);
      return false;
    }
  }

  /** Leaves a mark, by which whoever puts a job here sees that somebody reads it. */
  private void mark(long epochMillis) {
    Path mark = directory.resolve(MARK);
    try {
      if (!Files.exists(mark)) {
        Files.createFile(mark);
      }
      Files.setLastModifiedTime(mark, FileTime.fromMillis(epochMillis));
    } catch (IOException e) {
      // it may read there and not write
      log.debug("no mark can be left in {}", directory, e);
    }
  }

  @Override
  public String describe() {
    return "jobs in " + directory + (Files.isDirectory(directory) ? "" : " (not there yet)");
  }

  @Override
  public long changedEpochMillis() {
    return changed == null ? Long.MAX_VALUE : changed.toMillis();
  }

  @Override
  public List<LocalJob> read(long epochMillis) throws IOException {
    FileTime now = modified(directory);
    boolean look =
        !settled
            || now == null
            || !now.equals(changed)
            || epochMillis - lookedEpochMillis >= LOOK_MILLIS
            || epochMillis < lookedEpochMillis;
    boolean news = false;
    if (look) {
      changed = now;
      lookedEpochMillis = epochMillis;
      settled = now != null && Math.abs(epochMillis - now.toMillis()) > TICK_MILLIS;
      news = lookAtFiles(now != null);
      if (now != null && Math.abs(epochMillis - markedEpochMillis) >= LOOK_MILLIS) {
        markedEpochMillis = epochMillis;
        mark(epochMillis);
      }
    }
    if (look || Math.abs(epochMillis - progressEpochMillis) >= PROGRESS_MILLIS) {
      progressEpochMillis = epochMillis;
      news |= lookAtProgress();
    }
    if (news) {
      jobs = jobs();
    }
    return jobs;
  }

  /** True if anything is new. */
  private boolean lookAtFiles(boolean there) throws IOException {
    Map<String, Known> before = new HashMap<>(files);
    files.clear();
    if (there) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          String name = String.valueOf(entry.getFileName());
          if (!name.startsWith(".") && !name.endsWith(PROGRESS)) {
            Known known = lookAt(entry, before.get(name));
            if (known != null) {
              files.put(name, known);
            }
          }
        }
      } catch (NoSuchFileException | NotDirectoryException e) {
        log.debug("the directory went away", e);
      }
    }
    return !files.equals(before);
  }

  private @Nullable Known lookAt(Path file, @Nullable Known known) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile() || (known != null && known.is(attributes))) {
        return attributes.isRegularFile() ? known : null;
      }
      String text = text(file);
      if (text.isEmpty() || !text.endsWith("\n")) {
        settled = false;
        return known; // being written
      }
      Map<String, String> values = JobFile.values(text);
      return new Known(attributes.lastModifiedTime(), attributes.size(), values, null);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private boolean lookAtProgress() throws IOException {
    boolean news = false;
    for (Map.Entry<String, Known> entry : files.entrySet()) {
      Known known = entry.getValue();
      Path file = directory.resolve(entry.getKey() + PROGRESS);
      FileTime said = known.values == null ? null : modified(file);
      if (said != null && !said.equals(known.said)) {
        Map<String, String> progress = JobFile.values(text(file));
        Map<String, String> values = new LinkedHashMap<>(known.values);
        for (String key : List.of("done", "unit")) {
          String value = progress.get(key);
          if (value != null) {
            values.put(key, value);
          }
        }
        entry.setValue(new Known(known.modified, known.size, usable(file, values, known), said));
        news = true;
      }
    }
    return news;
  }

  /** With what a user says, unless it is nonsense: that must not hide the job. */
  private Map<String, String> usable(Path file, Map<String, String> values, Known known) {
    try {
      JobFile.job(site, "any", values);
      return values;
    } catch (IllegalArgumentException | ArithmeticException e) {
      log.warn("{} is ignored: {}", file, e.getMessage());
      return requireNonNull(known.values);
    }
  }

  private List<LocalJob> jobs() {
    List<LocalJob> now = new ArrayList<>();
    for (Map.Entry<String, Known> entry : files.entrySet()) {
      Known known = entry.getValue();
      if (known.values != null) {
        try {
          LocalJob job = JobFile.job(site, entry.getKey(), known.values);
          now.add(job.record().startEpochMillis() == JobRecord.UNSAID ? dated(job, known) : job);
        } catch (IllegalArgumentException | ArithmeticException e) {
          log.warn("{} cannot be used: {}", directory.resolve(entry.getKey()), e.getMessage());
          entry.setValue(new Known(known.modified, known.size, null, known.said));
        }
      }
    }
    return List.copyOf(now);
  }

  /** A job that runs and does not say since when: since its file is there. */
  private LocalJob dated(LocalJob job, Known known) {
    return job.over()
        ? job
        : new LocalJob(
            job.record().startedAt(known.modified.toMillis()), job.gpus(), job.parts(), job.told());
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST_BYTES), UTF_8);
    }
  }

  private static @Nullable FileTime modified(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file);
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
