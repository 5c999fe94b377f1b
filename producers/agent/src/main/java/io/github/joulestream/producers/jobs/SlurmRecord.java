// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.energy.Bounds;
import io.github.joulestream.producers.input.Json;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A job as Slurm's plugin {@code jobcomp/kafka} writes it: a JSON object, at the job's end, and
 * from Slurm 25.05 on also at its start if so configured. Its fields are those of {@code
 * jobcomp/elasticsearch}; see SchedMD's "Job Completion Kafka plugin guide" and, for the fields,
 * {@code src/plugins/jobcomp/common/jobcomp_common.c} of Slurm. Taken from it: {@code jobid,
 * username, account, partition, job_name, state, total_nodes}; {@code @start} and {@code @end},
 * which are UTC without a zone; as labels {@code cluster, qos, array} (the array's id and the
 * task's number), {@code wckey, reservation}.
 */
final class SlurmRecord {
  private static final int MAX_BYTES = 1 << 20;

  private SlurmRecord() {}

  /**
   * The job of a record; empty if its job never ran.
   *
   * @throws IllegalArgumentException if it is no such record
   */
  static Optional<JobRecord> parse(String site, byte[] value) {
    JsonNode json;
    try {
      json = Json.tree(value, MAX_BYTES);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + Names.words(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
    }
    if (!json.isObject() || !json.path("jobid").canConvertToLong()) {
      throw new IllegalArgumentException("no record of a job: it has no jobid");
    }
    long start = time(json, "@start");
    JobState state = state(text(json, "state"));
    long end = state == JobState.RUNNING ? JobSpan.OPEN : time(json, "@end");
    if (start == JobSpan.UNKNOWN) {
      return Optional.empty(); // cancelled while it waited
    }
    Map<String, String> labels = new TreeMap<>();
    label(labels, "cluster", text(json, "cluster"));
    label(labels, "qos", text(json, "qos"));
    label(labels, "wckey", text(json, "wc_key"));
    label(labels, "reservation", text(json, "reservation_name"));
    if (json.hasNonNull("array_job_id")) {
      labels.put("array", text(json, "array_job_id") + "_" + text(json, "array_task_id"));
    }
    return Optional.of(
        new JobRecord(
            site,
            Names.id(json.path("jobid").asText()),
            new JobDetails(
                text(json, "username"),
                text(json, "account"),
                text(json, "job_name"),
                text(json, "partition"),
                Bounds.withinBounds(labels)),
            new JobSpan(start, end),
            state,
            JobWork.NONE,
            Math.clamp(json.path("total_nodes").asInt(), 0, Bounds.NODES_OF_JOB)));
  }

  private static void label(Map<String, String> labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.put(name, value);
    }
  }

  /** A field's text, within the bounds; of JSON's null none, and not the word. */
  private static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    return value.isNull() ? "" : Bounds.cutText(value.asText());
  }

  /** {@code CANCELLED by 1000} is cancelled. */
  private static JobState state(String text) {
    int blank = text.indexOf(' ');
    return JobFile.state(blank < 0 ? text : text.substring(0, blank));
  }

  /** {@code 2026-11-25T00:41:03}, or a word if there is none. */
  private static long time(JsonNode json, String field) {
    String text = text(json, field);
    if (text.isEmpty() || !Character.isDigit(text.charAt(0))) {
      return JobSpan.UNKNOWN;
    }
    try {
      String local = text.endsWith("Z") ? text.substring(0, text.length() - 1) : text;
      long millis = LocalDateTime.parse(local).toInstant(ZoneOffset.UTC).toEpochMilli();
      return millis == 0 ? JobSpan.UNKNOWN : millis;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "%s is %s, not a time".formatted(field, Bounds.shown(text)), e);
    }
  }
}
