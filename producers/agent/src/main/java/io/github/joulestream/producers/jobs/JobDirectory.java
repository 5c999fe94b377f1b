// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.producers.input.Names;
import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.FolderContent;
import io.github.joulestream.runtime.SmallFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
 * has an {@code end} ended then, one whose file is gone ended when the directory changed. Prologs,
 * epilogs, {@code joulestream job --dir} and others put files there under a name that begins with a
 * dot, and rename them: that changes the directory's time of modification, which is all that is
 * looked at while nothing happens. A file whose last line has no end is not yet written.
 *
 * <p>The progress that users report of their jobs is in files of their own, see {@link
 * JobProgress}.
 *
 * <p>Only regular files are read, and what cannot be read or used is left out and logged: it does
 * not affect other jobs.
 */
public final class JobDirectory implements JobSource {
  /** Where it is by default. */
  public static final Path DEFAULT = Path.of("/run/joulestream/jobs");

  private static final Logger log = LoggerFactory.getLogger(JobDirectory.class);
  private static final String MARK = ".agent";
  private static final int MAX_FILES = 20_000;
  // the kernel stamps by its own ticks: what changed just now may change again under that stamp
  private static final long TICK_MILLIS = 100;
  // a program that writes in place leaves the directory's time as it is
  private static final long LOOK_MILLIS = 60_000;
  private static final long PROGRESS_MILLIS = 2_000;

  private final String site;
  private final Path directory;
  private final JobProgress progress;
  private final DistinctErrors errors = new DistinctErrors(log::warn);
  private final Map<String, Known> files = new LinkedHashMap<>();
  private List<LocalJob> jobs = List.of();
  private @Nullable FileTime changed;
  private boolean settled;
  private long lookedEpochMillis = Long.MIN_VALUE;
  private long progressEpochMillis = Long.MIN_VALUE;
  private long markedEpochMillis = -LOOK_MILLIS;

  /** A file as it was read. */
  private record Known(
      FileTime modified,
      long size,
      @Nullable Map<String, String> values,
      @Nullable FileTime progress) {
    boolean is(BasicFileAttributes file) {
      return modified.equals(file.lastModifiedTime()) && size == file.size();
    }
  }

  public JobDirectory(String site, Path directory) {
    this.site = site;
    this.directory = directory;
    this.progress = new JobProgress(directory);
  }

  /** True if an agent that may write there has looked into the directory within that time. */
  public static boolean readWithin(Path directory, Duration time, long nowEpochMillis) {
    try {
      for (Path place : marks(directory)) {
        FileTime mark = modified(place);
        if (mark != null && nowEpochMillis - mark.toMillis() <= time.toMillis()) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      log.debug("the agent's mark in {} cannot be read", directory, e);
      return false;
    }
  }

  /** Where an agent leaves its mark: in the directory, or in its own folder beside it. */
  private static List<Path> marks(Path directory) {
    return List.of(directory.resolve(MARK), directory.resolveSibling("agent").resolve("looked"));
  }

  /** Leaves a mark, which shows programs that put jobs here that an agent reads them. */
  private void mark(long epochMillis) {
    for (Path mark : marks(directory)) {
      try {
        if (!Files.exists(mark, LinkOption.NOFOLLOW_LINKS)) {
          Files.createFile(mark);
        }
        Files.setLastModifiedTime(mark, FileTime.fromMillis(epochMillis));
        return;
      } catch (IOException e) {
        // it may read there and not write
        log.debug("no mark can be left at {}", mark, e);
      }
    }
  }

  @Override
  public String name() {
    return "jobs";
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
    boolean changes = false;
    if (look) {
      changed = now;
      lookedEpochMillis = epochMillis;
      settled = now != null && Math.abs(epochMillis - now.toMillis()) > TICK_MILLIS;
      changes = lookAtFiles(now != null);
      if (now != null && Math.abs(epochMillis - markedEpochMillis) >= LOOK_MILLIS) {
        markedEpochMillis = epochMillis;
        mark(epochMillis);
      }
    }
    if (look || Math.abs(epochMillis - progressEpochMillis) >= PROGRESS_MILLIS) {
      progressEpochMillis = epochMillis;
      changes |= lookAtProgress();
    }
    if (changes) {
      jobs = jobs();
    }
    return jobs;
  }

  /** True if anything is new. */
  private boolean lookAtFiles(boolean there) throws IOException {
    Map<String, Known> before = new HashMap<>(files);
    files.clear();
    if (there) {
      try (DirectoryStream<Path> entries = FolderContent.stream(directory)) {
        for (Path entry : entries) {
          String name = String.valueOf(entry.getFileName());
          if (name.startsWith(".") || name.endsWith(JobProgress.ENDING)) {
            continue;
          }
          if (files.size() == MAX_FILES) {
            errors.warn("many", "%s has more than %d files".formatted(directory, MAX_FILES));
            break;
          }
          Known known = lookAt(entry, before.get(name));
          if (known != null) {
            files.put(name, known);
          }
        }
      } catch (NoSuchFileException | NotDirectoryException e) {
        log.debug("the directory went away", e);
      }
    }
    return !files.equals(before);
  }

  private @Nullable Known lookAt(Path file, @Nullable Known known) {
    try {
      BasicFileAttributes attributes = SmallFile.look(file);
      if (known != null && known.is(attributes)) {
        return known;
      }
      if (attributes.isDirectory()) {
        return null; // not meant for this program
      }
      String text = SmallFile.text(file, JobFile.MAX_BYTES);
      if (text.isEmpty() || !text.endsWith("\n")) {
        settled = false;
        return known; // being written
      }
      Map<String, String> values = JobFile.values(text);
      return new Known(attributes.lastModifiedTime(), attributes.size(), values, null);
    } catch (NoSuchFileException e) {
      return null;
    } catch (SmallFile.Unusable e) {
      warn(file, "is left out", e);
      return null;
    } catch (IOException | RuntimeException e) {
      // it may be readable the next time; nothing is concluded
      warn(file, "cannot be read now", e);
      return known;
    }
  }

  /** Logs why a file is not used, once a minute. */
  private void warn(Path file, String what, Exception e) {
    String name = Names.words(String.valueOf(file.getFileName()));
    boolean ours =
        e instanceof SmallFile.Unusable
            || e instanceof IllegalArgumentException
            || e instanceof ArithmeticException;
    String why = Names.words(ours ? String.valueOf(e.getMessage()) : e.toString());
    errors.warn(name + what, "%s in %s %s: %s".formatted(name, directory, what, why));
  }

  private boolean lookAtProgress() {
    boolean changes = false;
    for (Map.Entry<String, Known> entry : files.entrySet()) {
      Known known = entry.getValue();
      if (known.values != null) {
        try {
          JobProgress.Report report = progress.find(entry.getKey());
          if (report != null && !report.changed().equals(known.progress)) {
            entry.setValue(with(known, report));
            changes = true;
          }
        } catch (IOException | RuntimeException e) {
          warn(directory.resolve(entry.getKey()), "has a progress that cannot be read now", e);
        }
      }
    }
    return changes;
  }

  /** With the progress that a user reports; what cannot be used must not hide the job. */
  private Known with(Known known, JobProgress.Report report) throws IOException {
    Map<String, String> before = requireNonNull(known.values);
    Map<String, String> values = before;
    try {
      values = JobProgress.into(before, report);
      JobFile.job(site, "any", values);
    } catch (SmallFile.Unusable | IllegalArgumentException | ArithmeticException e) {
      warn(report.file(), "cannot be used", e);
      values = before;
    }
    return new Known(known.modified, known.size, values, report.changed());
  }

  private List<LocalJob> jobs() {
    List<LocalJob> now = new ArrayList<>();
    for (Map.Entry<String, Known> entry : files.entrySet()) {
      Known known = entry.getValue();
      if (known.values != null) {
        try {
          LocalJob job = JobFile.job(site, entry.getKey(), known.values);
          now.add(job.record().span().hasStart() ? job : dated(job, known));
        } catch (RuntimeException e) {
          warn(directory.resolve(entry.getKey()), "cannot be used", e);
          entry.setValue(new Known(known.modified, known.size, null, known.progress));
        }
      }
    }
    return List.copyOf(now);
  }

  /** A job that runs and has no start: it starts with its file. */
  private LocalJob dated(LocalJob job, Known known) {
    return job.over()
        ? job
        : new LocalJob(
            job.record().startedAt(known.modified.toMillis()),
            job.gpus(),
            job.shares(),
            job.publishesRecord());
  }

  private static @Nullable FileTime modified(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file);
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
