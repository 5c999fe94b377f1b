// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What Slurm's jobcomp/kafka writes. */
class SlurmRecordTest {
  private static Optional<JobRecord> parse(String json) {
    return SlurmRecord.parse("s", json.replace('\'', '"').getBytes(UTF_8));
  }

  private static long millis(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  @Test
  void aJobThatEnded() {
    assertThat(
            parse(
                """
                {'jobid':4711,'container':null,'username':'marie','user_id':1000,
                 'groupname':'physics','group_id':1000,'@start':'2026-11-25T00:41:01',
                 '@end':'2026-11-25T00:51:03','elapsed':602,'partition':'gpu','alloc_node':'login',
                 'nodes':'n[1-2]','total_cpus':64,'total_nodes':2,'derived_ec':'0:0',
                 'exit_code':'0:15','state':'CANCELLED','failed_node':null,'cpu_hours':10.7,
                 'array_job_id':4700,'array_task_id':11,'@submit':'2026-11-25T00:40:00',
                 '@eligible':'2026-11-25T00:40:00','@queue_wait':61,'work_dir':'/home/marie',
                 'cluster':'alps','qos':'normal','ntasks':2,'job_name':'train','wc_key':'',
                 'tres_alloc':'cpu=64,gres/gpu=8','account':'physics','script':'#!/bin/sh\\n'}
                """))
        .contains(
            new JobRecord(
                "s",
                "4711",
                new JobDetails(
                    "marie",
                    "physics",
                    "train",
                    "gpu",
                    Map.of("cluster", "alps", "qos", "normal", "array", "4700_11")),
                new JobSpan(millis("2026-11-25T00:41:01Z"), millis("2026-11-25T00:51:03Z")),
                JobState.CANCELLED,
                JobWork.NONE,
                2));
  }

  @Test
  void aJobThatStarts() {
    JobRecord job =
        parse("{'jobid':1,'state':'RUNNING','@start':'2026-11-25T00:41:01','@end':'Unknown'}")
            .orElseThrow();
    assertThat(job.state()).isEqualTo(JobState.RUNNING);
    assertThat(job.span().endEpochMillis()).isEqualTo(JobSpan.OPEN);
    assertThat(job.details().user()).isEmpty();
  }

  @Test
  void aJobThatWasCancelledWhileItWaited_isNone() {
    assertThat(
            parse(
                "{'jobid':1,'state':'CANCELLED','@start':'Unknown','@end':'2026-11-25T00:41:01'}"))
        .isEmpty();
  }

  @Test
  void texts_areTakenAsTheyAre_andNullIsNone() {
    JobRecord job =
        parse(
                """
                {'jobid':7,'@start':'2026-11-25T00:41:01','@end':'2026-11-25T00:51:03',
                 'state':'CANCELLED by 1000','job_name':'a\\nb\\t\\\\','account':null,'username':null,
                 'partition':'naïve 日本','qos':null,'cluster':'c\\\\','array_job_id':null}
                """)
            .orElseThrow();
    assertThat(job.details().name()).isEqualTo("a\nb\t\\");
    assertThat(job.details().project()).isEmpty();
    assertThat(job.details().user()).isEmpty();
    assertThat(job.details().partition()).isEqualTo("naïve 日本");
    assertThat(job.details().labels()).isEqualTo(Map.of("cluster", "c\\"));
    assertThat(job.state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void aJobWithoutAStart_neverRan_howeverThatIsSaid() {
    for (String start : new String[] {"None", "Unknown", "", "1970-01-01T00:00:00"}) {
      assertThat(
              parse(
                  "{'jobid':1,'state':'CANCELLED','@start':'%s','@end':'2026-11-25T00:41:01'}"
                      .formatted(start)))
          .as(start)
          .isEmpty();
    }
  }

  @Test
  void everyStateOfSlurm_isKnown() {
    for (String state :
        new String[] {
          "COMPLETED",
          "CANCELLED",
          "FAILED",
          "TIMEOUT",
          "NODE_FAIL",
          "PREEMPTED",
          "BOOT_FAIL",
          "DEADLINE",
          "OUT_OF_MEMORY"
        }) {
      assertThat(JobFile.state(state).ended()).as(state).isTrue();
    }
  }

  @Test
  void whatIsNoRecord_isRefusedWithTheReason() {
    assertThatThrownBy(() -> parse("no JSON"))
        .hasMessageContaining("not JSON")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> parse("[]")).hasMessageContaining("no jobid");
    assertThatThrownBy(() -> parse("{'jobid':'x'}")).hasMessageContaining("no jobid");
    assertThatThrownBy(() -> parse("{'jobid':1,'@start':'2026-13-40T00:00:00'}"))
        .hasMessageContaining("not a time");
    // Slurm's own time of a job that ends before it starts
    assertThatThrownBy(() ->
            parse(
                "{'jobid':1,'state':'FAILED','@start':'2026-11-25T00:41:01',"
                    + "'@end':'2026-11-25T00:41:00'}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
