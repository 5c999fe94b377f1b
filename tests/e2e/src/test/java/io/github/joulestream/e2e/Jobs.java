// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A table of jobs in CSV without quoted fields, by job. */
final class Jobs {
  private Jobs() {}

  /** A line, by column. */
  record Job(Map<String, String> fields) {
    String text(String column) {
      return requireNonNull(fields.get(column), column);
    }

    double number(String column) {
      return Double.parseDouble(text(column));
    }
  }

  /** The job of that id among them. */
  static Job of(List<Job> jobs, String id) {
    return jobs.stream()
        .filter(job -> job.text("job").equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no job " + id + " in " + jobs));
  }

  static List<Job> read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    String[] names = lines.getFirst().split(",", -1);
    List<Job> jobs = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split(",", -1);
      Map<String, String> fields = new LinkedHashMap<>();
      for (int i = 0; i < names.length; i++) {
        fields.put(names[i], values[i]);
      }
      jobs.add(new Job(fields));
    }
    return jobs;
  }
}
