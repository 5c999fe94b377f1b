// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.producers.jobs.LocalJob.Parts;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that sites with DCGM-exporter have for it (its option {@code
 * --hpc-job-mapping-dir}; see "How to include HPC jobs in metric labels" in its README): a file for
 * each GPU, named by the GPU's index or {@code GPU.INSTANCE}, each line of which is the id of a job
 * that has it. Jobs of one GPU share it equally. Nothing else is known of them, so the site is told
 * of their devices alone.
 *
 * <p>Sites write these files in place, so each of them (there are as many as GPUs) is looked at in
 * every turn; they are read when they have changed.
 */
public final class MappingDirectory implements JobSource {
  private static final Logger log = LoggerFactory.getLogger(MappingDirectory.class);
  private static final Pattern GPU = Pattern.compile("\\d{1,4}(\\.\\d{1,4})?");
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
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (GPU.matcher(name).matches()) {
          now.put(name, Files.getLastModifiedTime(entry));
        }
      }
    } catch (NoSuchFileException e) {
      log.debug("no directory, or a file went away", e);
    }
    if (!now.equals(files)) {
      changedEpochMillis = changed(now, epochMillis);
      jobs = jobs(now);
      files.clear();
      files.putAll(now);
    }
    return jobs;
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

  private List<LocalJob> jobs(Map<String, FileTime> now) throws IOException {
    Map<String, Map<String, Integer>> gpusByJob = new LinkedHashMap<>();
    Map<String, Long> seen = new HashMap<>();
    for (Map.Entry<String, FileTime> file : now.entrySet()) {
      List<String> ids = new ArrayList<>();
      try {
        for (String line : Files.readAllLines(directory.resolve(file.getKey()))) {
          if (!line.isBlank() && !ids.contains(line.strip())) {
            ids.add(line.strip());
          }
        }
      } catch (NoSuchFileException e) {
        continue; // its job has just ended
      }
      for (String id : ids) {
        gpusByJob
            .computeIfAbsent(id, _ -> new TreeMap<>())
            .put(file.getKey(), Parts.WHOLE / ids.size());
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
                    "",
                    "",
                    "",
                    "",
                    Map.of(),
                    start,
                    JobRecord.OPEN,
                    JobState.RUNNING,
                    0,
                    ""),
                gpus,
                Parts.NONE_SAID,
                false));
      } catch (IllegalArgumentException e) {
        log.warn("a job in {} cannot be used: {}", directory, e.getMessage());
      }
    });
    return List.copyOf(found);
  }
}
