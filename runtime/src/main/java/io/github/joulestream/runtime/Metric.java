// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

/**
 * All figures that programs show on {@code /metrics}. Names are interfaces that outlive a release;
 * by Prometheus' rules they end in the base unit, counters in {@code _total}.
 *
 * <p>Of an agent: readings are taken, put into batches and spooled; records spooled = records
 * published + dropped + refused + waiting. Worth an alert: dropped or refused records, any; waiting
 * records that grow for minutes; skipped turns that grow.
 *
 * @see <a href="https://prometheus.io/docs/practices/naming/">naming</a>
 */
public enum Metric {
  READINGS("joulestream_agent_readings_total", "Readings taken."),
  BATCHES("joulestream_agent_batches_total", "Batches of readings handed to the spool."),
  LAST_READING(
      "joulestream_agent_last_reading_timestamp_seconds", "When a probe last gave a reading."),
  SKIPPED_TURNS(
      "joulestream_agent_skipped_turns_total",
      "Turns left out because the one before lasted too long."),
  CLOCK_STEPS("joulestream_agent_clock_steps_total", "Steps of the wall clock noticed."),
  PROBE_FAILURES("joulestream_agent_probe_failures_total", "Turns in which a probe failed."),
  JOB_SOURCE_FAILURES(
      "joulestream_agent_job_source_failures_total", "Turns in which a source of jobs failed."),
  JOBS_LEFT_OUT("joulestream_agent_left_out_jobs_total", "Failed attempts to publish a job."),
  PROBES("joulestream_agent_probes", "Probes that have found a device."),
  PUBLISHED_RECORDS(
      "joulestream_agent_published_records_total", "Records that Kafka has acknowledged."),
  WAITING_RECORDS("joulestream_agent_waiting_records", "Records in the spool that wait for Kafka."),
  SPOOL_BYTES("joulestream_agent_spool_bytes", "Size of the spool on disk."),
  DROPPED_RECORDS(
      "joulestream_agent_dropped_records_total", "Records lost: the spool was full, or damaged."),
  REFUSED_RECORDS(
      "joulestream_agent_refused_records_total", "Records that Kafka rejects; left out."),
  SEND_FAILURES("joulestream_agent_send_failures_total", "Failed attempts to send to Kafka."),
  DAMAGED_SEGMENTS(
      "joulestream_agent_damaged_segments_total", "Files of the spool that could not be read."),
  KAFKA_REACHABLE("joulestream_agent_kafka_reachable", "1 if Kafka acknowledged the last record."),
  KAFKA_REFUSALS(
      "joulestream_agent_kafka_refusals_total",
      "Failed attempts to send that stay so until somebody acts, by reason."),
  HELD_RECORDS(
      "joulestream_agent_held_records",
      "Records in the spool of topics that Kafka refuses until somebody acts, by topic."),
  SPOOL_WRITABLE("joulestream_agent_spool_writable", "1 if the spool's folder is writable."),

  STREAMS_RUNNING("joulestream_streams_running", "1 if all tasks of the topology run."),
  STREAMS_RECORDS_IN("joulestream_streams_records_in_total", "Records read, by topology."),
  STREAMS_RECORDS_OUT("joulestream_streams_records_out_total", "Records written, by topology."),
  STREAMS_LAG(
      "joulestream_streams_lag_records",
      "Records of the partitions of this instance that are not read yet, by topology."),
  STREAMS_COMMITS("joulestream_streams_commits_total", "Commits of tasks, by topology."),
  STREAMS_COMMIT_LATENCY(
      "joulestream_streams_commit_latency_average_seconds",
      "Average duration of a commit of the slowest thread within the last minute, seconds, by"
          + " topology."),
  STREAMS_COMMIT_LATENCY_MAX(
      "joulestream_streams_commit_latency_max_seconds",
      "Longest commit of a thread within the last minute, seconds, by topology."),
  STREAMS_REFUSED(
      "joulestream_streams_refused_records_total",
      "Records refused and written to dead-letter, by topology."),
  STREAMS_FORGED(
      "joulestream_streams_forged_records_total",
      "Of these, records that were not signed by whom they name, by topology."),
  STREAMS_SET_ASIDE(
      "joulestream_streams_set_aside_nodes",
      "Nodes whose records are not booked until a person puts the node back."),
  STREAMS_FAILED_THREADS(
      "joulestream_streams_failed_threads_total", "Failures of stream threads, by topology."),
  STREAMS_REPLACED_THREADS(
      "joulestream_streams_replaced_threads_total",
      "Stream threads that failed and were replaced, by topology."),
  STREAMS_RESTORED(
      "joulestream_streams_restored_records_total",
      "Records of changelogs that were restored, by store."),
  STREAMS_RESTORE_REMAINING(
      "joulestream_streams_restore_remaining_records",
      "Records of changelogs that are still to be restored, by store."),
  STREAMS_RESTORING(
      "joulestream_streams_restoring_changelogs",
      "Partitions of changelogs that are being restored, by store."),
  STREAMS_RESTORED_RATIO(
      "joulestream_streams_restored_ratio",
      "Share of the current restoration that is done, 0 to 1; 1 if nothing is restored."),
  STREAMS_CACHE_BYTES(
      "joulestream_streams_cache_bytes", "Memory of the object caches of all tasks, bytes."),
  STREAMS_CACHE_LIMIT(
      "joulestream_streams_cache_limit_bytes", "Limit of these caches together, bytes."),
  STREAMS_CACHE_EVICTIONS(
      "joulestream_streams_cache_evictions_total",
      "Objects dropped from these caches to stay within the limit; they are read again when used."),
  STREAMS_LIMIT(
      "joulestream_streams_limit_seconds",
      "Limits of attribution in seconds, by limit: all instances must have the same."),

  STORE_POINTS("joulestream_store_writer_points_total", "Points that the store has accepted."),
  STORE_REFUSED(
      "joulestream_store_writer_refused_records_total",
      "Records refused and written to dead-letter."),
  STORE_RETRIES("joulestream_store_writer_retries_total", "Writes tried again."),
  STORE_REACHABLE("joulestream_store_writer_store_reachable", "1 if the store accepts points."),
  SITE_ENERGY(
      "joulestream_site_energy_joules_total",
      "Energy of windows that the store has accepted since this process started."),
  SITE_JOBS_ENERGY(
      "joulestream_site_jobs_energy_joules_total",
      "Energy of the jobs of the site; the rest of its energy is idle."),
  SITE_POWER("joulestream_site_power_watts", "Power of the site by the latest readings."),
  JOBS_RUNNING("joulestream_jobs_running", "Jobs that run."),

  SIMULATED_READINGS("joulestream_simulate_readings_total", "Readings of the simulated site."),
  ALERTS_SENT("joulestream_alert_sender_alerts_total", "Alerts that the target has accepted."),
  ALERTS_REFUSED(
      "joulestream_alert_sender_refused_total",
      "Alerts that the target rejected, or that cannot be read."),
  ALERTS_RETRIES("joulestream_alert_sender_retries_total", "Requests tried again."),
  ALERTS_REACHABLE("joulestream_alert_sender_target_reachable", "1 if the target accepts alerts."),
  SLURM_JOBS("joulestream_slurm_jobs_records_total", "Records published as jobs."),
  SLURM_NEVER_RAN("joulestream_slurm_jobs_never_ran_total", "Records of jobs that never ran."),
  SLURM_REFUSED("joulestream_slurm_jobs_refused_total", "Records that cannot be read."),
  SERVE_REQUESTS("joulestream_serve_requests_total", "Requests answered, by route and status."),
  SERVE_DURATION(
      "joulestream_serve_request_duration_seconds",
      "How long requests took until their answer was handed on; event streams apart."),
  SERVE_REFUSED(
      "joulestream_serve_refused_requests_total",
      "Requests and connections that were refused or closed, by reason."),
  SERVE_STREAMS("joulestream_serve_streams", "Event streams that are open."),
  SERVE_DROPPED(
      "joulestream_serve_dropped_clients_total",
      "Event streams that were closed as their client did not read in time."),
  SERVE_EVENT_BYTES("joulestream_serve_event_bytes_total", "Bytes of events that were sent."),
  SERVE_LIVE_REFUSED(
      "joulestream_serve_live_refused_records_total",
      "Records that the live view cannot use; left out."),
  LETTERS_DROPPED(
      "joulestream_dead_letters_dropped_total", "Dead letters that Kafka rejects; lost."),

  SERVE_CERTIFICATE_END(
      "joulestream_serve_certificate_end_timestamp_seconds",
      "When the certificate of the API and the page ends, Unix time."),
  METRICS_CERTIFICATE_END(
      "joulestream_metrics_certificate_end_timestamp_seconds",
      "When the certificate of this port ends, Unix time."),
  CPU_SECONDS("process_cpu_seconds_total", "Processor time of this process."),
  RESIDENT_BYTES("process_resident_memory_bytes", "Memory of this process that is resident."),
  START_SECONDS("process_start_time_seconds", "When this process started, Unix time."),
  HEAP_BYTES("jvm_memory_used_bytes", "Heap in use.");

  private final String metricName;
  private final String help;

  Metric(String metricName, String help) {
    this.metricName = metricName;
    this.help = help;
  }

  /** Its name for Prometheus. */
  public String metricName() {
    return metricName;
  }

  /** Its meaning, in a sentence. */
  public String help() {
    return help;
  }

  /** Its type for Prometheus. */
  public String type() {
    return metricName.endsWith("_duration_seconds")
        ? "histogram"
        : isCounter() ? "counter" : "gauge";
  }

  /** True if it only grows, as long as the process lives. */
  public boolean isCounter() {
    return metricName.endsWith("_total");
  }
}
