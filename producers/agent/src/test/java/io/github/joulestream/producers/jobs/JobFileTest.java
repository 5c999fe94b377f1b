// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.producers.jobs.LocalJob.Shares;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a job. */
class JobFileTest {
  @TempDir Path folder;

  private static LocalJob job(String text) {
    return JobFile.job("s", "file", JobFile.values(text));
  }

  @Test
  void everyKey_isRead() {
    LocalJob job =
        job(
            """
            # by the prolog
            job = 4711
            user=marie
            account=physics
            partition=gpu
            name=train = fast
            label.qos=high
            gpus=0, GPU-6 ,/dev/nvidia3
            gpu_share=0.5
            memory_share=0.25
            storage_share=0
            cpu_share=1
            node_share=0.33333
            nodes=2
            lead=no
            done=12.5
            unit=tokens
            start=1795485725.25
            end=1795485726250
            state=NODE_FAIL
            what=ever
            """);
    assertThat(job.record())
        .isEqualTo(
            new JobRecord(
                "s",
                "4711",
                new JobDetails("marie", "physics", "train = fast", "gpu", Map.of("qos", "high")),
                new JobSpan(1_795_485_725_250L, 1_795_485_726_250L),
                JobState.FAILED,
                new JobWork(12.5, "tokens"),
                2));
    assertThat(job.gpus())
        .isEqualTo(Map.of("counted:0", 5_000, "GPU-6", 5_000, "counted:/dev/nvidia3", 5_000));
    assertThat(job.shares()).isEqualTo(new Shares(2_500, 0, 10_000, 3_333));
    assertThat(job.publishesRecord()).isFalse();
    assertThat(job.hasTheNode()).isFalse();
  }

  @Test
  void whatIsNotSaid_isNotInvented() {
    LocalJob job = job("user=ada\n");
    assertThat(job.record().job()).isEqualTo("file");
    assertThat(job.record().span().startEpochMillis()).isEqualTo(JobSpan.UNKNOWN);
    assertThat(job.record().state()).isEqualTo(JobState.RUNNING);
    assertThat(job.publishesRecord()).isTrue();
    assertThat(job.hasTheNode()).isTrue();
    assertThat(job("gpus=\n").hasTheNode()).isFalse();
    assertThat(job("cpu_share=0.5\n").hasTheNode()).isFalse();
    // over, but somebody else says how
    assertThat(job("start=1\nend=2\n").record().state()).isEqualTo(JobState.UNKNOWN);
  }

  @Test
  void whatCannotBe_isRefused() {
    for (String text :
        new String[] {
          "cpu_share=1.1",
          "cpu_share=-0.1",
          "cpu_share=half",
          "start=yesterday",
          "start=1e999999999",
          "end=5\nstart=6",
          "state=COMPLETED",
          "nodes=1.5",
          "job=",
          "done=NaN"
        }) {
      assertThatThrownBy(() -> job(text))
          .as(text)
          .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
    }
  }

  @Test
  void whatIsPut_staysUntilItIsPutAnew_andIsOneLineEach() throws Exception {
    JobFile.put(folder, "a/b", Map.of("user", "x\nuser=root", "start", "1"));
    JobFile.put(folder, "a/b", Map.of("end", "2"));
    assertThat(JobFile.get(folder, "a/b"))
        .isEqualTo(Map.of("job", "a/b", "user", "x user=root", "start", "1", "end", "2"));
    assertThat(JobFile.get(folder, "other")).isEmpty();
    assertThat(folder.toFile().list()).hasSize(1);
  }
}
