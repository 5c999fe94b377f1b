// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.runtime.SmallFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The progress that users report of their jobs: {@code progress/JOB} beside the directory of jobs,
 * a file system of its own and of little size, so that they fill nothing else; or {@code
 * JOB.progress} in the directory of jobs. Of either file only {@code done} and {@code unit} are
 * read.
 */
final class JobProgress {
  /** The ending of its files in the directory of jobs. */
  static final String ENDING = ".progress";

  private static final List<String> KEYS = List.of("done", "unit");

  private final Path jobs;
  private final Path own;

  JobProgress(Path jobs) {
    this.jobs = jobs;
    this.own = jobs.resolveSibling("progress");
  }

  /**
   * A file as it is now.
   *
   * @param changed its time of modification
   */
  record Report(Path file, FileTime changed) {}

  /** The file of a job, or null; it is not read yet. */
  @Nullable Report find(String job) throws IOException {
    Report report = look(own.resolve(job));
    return report == null ? look(jobs.resolve(job + ENDING)) : report;
  }

  private static @Nullable Report look(Path file) throws IOException {
    try {
      BasicFileAttributes attributes = SmallFile.look(file);
      return new Report(file, attributes.lastModifiedTime());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * A job's values with the progress that its user reports.
   *
   * @throws SmallFile.Unusable if that is no file, or longer than the file of a job
   */
  static Map<String, String> into(Map<String, String> values, Report report) throws IOException {
    Map<String, String> progress = JobFile.values(SmallFile.text(report.file, JobFile.MAX_BYTES));
    Map<String, String> all = new LinkedHashMap<>(values);
    for (String key : KEYS) {
      String value = progress.get(key);
      if (value != null) {
        all.put(key, value);
      }
    }
    return all;
  }
}
