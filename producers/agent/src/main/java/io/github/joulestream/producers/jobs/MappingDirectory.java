// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.producers.input.Names;
import io.github.joulestream.producers.jobs.LocalJob.Shares;
import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.FolderContent;
import io.github.joulestream.runtime.SmallFile;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that sites with DCGM-exporter have for it (its option {@code
 * --hpc-job-mapping-dir}; see "How to include HPC jobs in metric labels" in its README): a file for
 * each GPU, named by the GPU's index or {@code GPU.INSTANCE}, each line of which is the id of a job
 * that has it. Jobs of one GPU share it equally. Nothing else is known of them, so only their
 * devices are published.
 *
 * <p>Sites write these files in place, so each of them (there are as many as GPUs) is looked at in
 * every turn; they are read when they have changed. Only regular files are: anything else, or a
 * file that is too long, is left out and logged.
 */
public final class MappingDirectory implements JobSource {
  private static final Logger log = LoggerFactory.getLogger(MappingDirectory.class);
  private static final Pattern GPU = Pattern.compile("\\d{1,4}(\\.\\d{1,4})?");
  private static final int MAX_BYTES = 64 << 10;
  // no node has so many GPUs and instances
  private static final int MAX_FILES = 4_096;

  private final DistinctErrors errors = new DistinctErrors(log::warn);
  private final String site;
  private final Path directory;
  private final Map<String, FileTime> files = new TreeMap<>();
  private final Map<String, Long> starts = new HashMap<>();
  private List<LocalJob> jobs = List.of();
  private long changedEpochMillis;

  public MappingDirectory(String site, Path directory) {
    this.site = site;
    this.directory = directory;
  }

  @Override
  public String name() {
    return "gpu-jobs";
  }

  @Override
  public String describe() {
    return "jobs by GPU in " + directory + (Files.isDirectory(directory) ? "" : " (not there yet)");
  }

  @Override
  public long changedEpochMillis() {
    return changedEpochMillis;
  }

  @Override
  public List<LocalJob> read(long epochMillis) throws IOException {
    Map<String, FileTime> now = new TreeMap<>();
    try (DirectoryStream<Path> entries = FolderContent.stream(directory)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (GPU.matcher(name).matches()) {
          lookAt(entry, name, now);
        }
      }
    } catch (NoSuchFileException e) {
      log.debug("there is no directory", e);
    }
    if (!now.equals(files)) {
      changedEpochMillis = changed(now, epochMillis);
      jobs = jobs(now);
      files.clear();
      files.putAll(now);
    }
    return jobs;
  }

  private void lookAt(Path file, String name, Map<String, FileTime> now) {
    if (now.size() == MAX_FILES) {
      errors.warn("many", "%s has more than %d files".formatted(directory, MAX_FILES));
      return;
    }
    try {
      BasicFileAttributes attributes = SmallFile.look(file);
      if (attributes.isRegularFile()) {
        now.put(name, attributes.lastModifiedTime());
      } else {
        errors.warn(name, "%s in %s is left out: it is no file".formatted(name, directory));
      }
    } catch (NoSuchFileException e) {
      log.debug("{} went away", file, e);
    } catch (IOException e) {
      // as it was when it could be read
      FileTime before = files.get(name);
      if (before != null) {
        now.put(name, before);
      }
      errors.warn(name, "%s in %s cannot be read now: %s".formatted(name, directory, e));
    }
  }

  /** Ids of jobs in a file, in their order. */
  private Set<String> ids(String name) {
    Set<String> ids = new LinkedHashSet<>();
    try {
      SmallFile.text(directory.resolve(name), MAX_BYTES)
          .lines()
          .filter(line -> !line.isBlank())
          .forEach(line -> ids.add(Names.id(line.strip())));
    } catch (NoSuchFileException e) {
      log.debug("the job of {} has just ended", name, e);
    } catch (IOException e) {
      errors.warn(name, "%s in %s is left out: %s".formatted(name, directory, e.getMessage()));
    }
    return ids;
  }

  /** The latest change that the files or the directory show; never after now. */
  private long changed(Map<String, FileTime> now, long epochMillis) throws IOException {
    long latest = changedEpochMillis;
    for (FileTime time : now.values()) {
      latest = Math.max(latest, time.toMillis());
    }
    if (!now.keySet().equals(files.keySet())) {
      try {
        latest = Math.max(latest, Files.getLastModifiedTime(directory).toMillis());
      } catch (NoSuchFileException e) {
        latest = epochMillis;
      }
    }
    return Math.min(latest, epochMillis);
  }

  private List<LocalJob> jobs(Map<String, FileTime> now) {
    Map<String, Map<String, Integer>> gpusByJob = new LinkedHashMap<>();
    Map<String, Long> seen = new HashMap<>();
    for (Map.Entry<String, FileTime> file : now.entrySet()) {
      Set<String> ids = ids(file.getKey());
      for (String id : ids) {
        gpusByJob
            .computeIfAbsent(id, _ -> new TreeMap<>())
            .put(file.getKey(), Shares.WHOLE / ids.size());
        seen.merge(id, file.getValue().toMillis(), Math::min);
      }
    }
    starts.keySet().retainAll(seen.keySet());
    List<LocalJob> found = new ArrayList<>();
    gpusByJob.forEach((id, gpus) -> {
      long start = starts.computeIfAbsent(id, _ -> seen.getOrDefault(id, changedEpochMillis));
      try {
        found.add(
            new LocalJob(
                new JobRecord(
                    site,
                    id,
                    JobDetails.NONE,
                    JobSpan.openSince(start),
                    JobState.RUNNING,
                    JobWork.NONE,
                    0),
                gpus,
                Shares.UNSPECIFIED_SHARES,
                false));
      } catch (IllegalArgumentException e) {
        errors.warn("job", "a job in %s cannot be used: %s".formatted(directory, e.getMessage()));
      }
    });
    return List.copyOf(found);
  }
}
