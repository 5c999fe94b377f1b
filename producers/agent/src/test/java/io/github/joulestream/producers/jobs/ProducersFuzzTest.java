// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.producers.input.Fuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Readers of what is said of jobs, over bytes that were changed. */
class ProducersFuzzTest {
  private static final List<byte[]> PODS =
      List.of(
          bytes(
              0x0a, 38, 0x0a, 1, 'p', 0x12, 1, 'n', 0x1a, 30, 0x0a, 1, 'c', 0x12, 25, 0x0a, 14, 'n',
              'v', 'i', 'd', 'i', 'a', '.', 'c', 'o', 'm', '/', 'g', 'p', 'u', 0x12, 7, 'G', 'P',
              'U', '-', '1', ':', ':'),
          bytes(
              0x0a, 37, 0x0a, 1, 'q', 0x12, 1, 'n', 0x1a, 29, 0x2a, 27, 0x12, 1, 'c', 0x1a, 1, 'n',
              0x22, 19, 0x0a, 3, 0x0a, 1, 'x', 0x12, 7, 'g', 'p', 'u', '.', 'c', 'o', 'm', 0x22, 3,
              'g', 'p', 'u'));

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void filesOfJobs() {
    Fuzz.run(
        "JobFile",
        Fuzz.texts(
            """
            job=4711
            user=ada
            account=p
            partition=gpu
            name=train
            label.qos=high
            gpus=0,GPU-6,/dev/nvidia3
            gpu_share=0.5
            memory_share=0.25
            nodes=2
            start=1795485725.25
            end=1795485726250
            state=FAILED
            done=12.5
            unit=tokens
            """,
            "# by hand\nuser=bob\ncpu_share=1\nlead=no\nstart=1795485725250\n"),
        100,
        Set.of(IllegalArgumentException.class, ArithmeticException.class),
        input -> {
          LocalJob job = JobFile.job("s", "file", JobFile.values(new String(input, UTF_8)));
          assertThat(Bounds.isName(job.id())).isTrue();
        });
  }

  @Test
  void recordsOfSlurm() {
    Fuzz.run(
        "SlurmRecord",
        Fuzz.texts(
            """
            {"jobid": 4711, "username": "ada", "account": "p", "partition": "gpu",
             "job_name": "train", "state": "CANCELLED by 1000", "total_nodes": 2,
             "@start": "2026-11-25T00:41:03", "@end": "2026-11-25T01:41:03Z", "cluster": "c",
             "qos": "high", "array_job_id": 7, "array_task_id": 3, "wc_key": null}
            """,
            "{\"jobid\":1,\"state\":\"COMPLETED\",\"@start\":\"2026-11-25T00:41:01\","
                + "\"@end\":\"2026-11-25T00:41:02\"}"),
        100,
        Set.of(IllegalArgumentException.class),
        input ->
            SlurmRecord.parse("s", input)
                .ifPresent(job -> assertThat(Bounds.isName(job.job())).isTrue()));
  }

  @Test
  void answersOfTheKubelet() throws IOException {
    assertThat(PodDevices.in(ByteBuffer.wrap(PODS.getFirst()), 10)).containsOnlyKeys("n/p");
    assertThat(PodDevices.in(ByteBuffer.wrap(PODS.getLast()), 10)).containsOnlyKeys("n/q");
    Fuzz.run(
        "PodDevices",
        PODS,
        100,
        Set.of(IOException.class),
        input -> {
          PodHolders holders = new PodHolders("s");
          Map<String, Set<PodDevices.Given>> pods = PodDevices.in(ByteBuffer.wrap(input), 10_000);
          assertThat(holders.jobs(pods, Map.of(), 1_795_485_725_000L)).hasSizeLessThan(1_000);
        });
  }

  @Test
  void listsOfTheApiServer() {
    Fuzz.run(
        "PodList",
        Fuzz.texts(
            """
            {"kind": "PodList", "metadata": {"resourceVersion": "1"}, "items": [
             {"metadata": {"labels": {"team": "red"}, "name": "p", "namespace": "a",
               "creationTimestamp": "2026-11-25T00:41:01Z"},
              "status": {"phase": "Succeeded", "containerStatuses": [
               {"state": {"terminated": {"exitCode": 0, "finishedAt": "2026-11-25T01:00:00Z"}}}]}}]}
            """),
        100,
        Set.of(IOException.class),
        input -> {
          PodList list = new PodList(Set.of("a/p"), 200);
          int half = input.length / 2;
          list.onNext(
              List.of(
                  ByteBuffer.wrap(input, 0, half),
                  ByteBuffer.wrap(input, half, input.length - half)));
          list.onComplete();
          CompletableFuture<PodList.Answer> answer = list.getBody().toCompletableFuture();
          assertThat(answer).isDone();
          try {
            assertThat(answer.get().pods()).hasSizeLessThan(2);
          } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException refused
                && !(refused.getCause() instanceof RuntimeException)) {
              throw refused;
            }
            throw e;
          }
        });
  }
}
