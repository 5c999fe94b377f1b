// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes of a job, and jobs of a node now and at a past time, as the commands show them. */
class ITPlacements {
  private Program up;
  private String kafka;
  // long enough ago for all of it to be past
  private final Instant start =
      Instant.now().truncatedTo(ChronoUnit.MILLIS).minus(Duration.ofMinutes(40));

  @BeforeEach
  void start() throws Exception {
    up =
        Program.start(
            "up", "--simulate", "1", "--no-agent", "--kafka-port", "0", "--store-port", "0");
    up.awaitLine("ready after");
    Matcher matcher = Pattern.compile("Kafka  ([0-9.:]+)").matcher(up.output());
    assertThat(matcher.find()).as(up.output()).isTrue();
    kafka = matcher.group(1);
  }

  @AfterEach
  void stop() throws Exception {
    try (Program ended = up) {
      // so that it takes its folder with it
      ended.interrupt();
      ended.await();
    }
  }

  private String minute(int minute) {
    return start.plus(Duration.ofMinutes(minute)).toString();
  }

  private String output(int status, String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--site", "lab", "--kafka", kafka));
    try (Program program = Program.start(all.toArray(String[]::new))) {
      assertThat(program.await()).as(program.output()).isEqualTo(status);
      return program.output();
    }
  }

  private void hold(String job, String node, String gpus, int atMinute) throws Exception {
    output(
        0,
        "job",
        "start",
        job,
        "--node",
        node,
        "--user",
        "ada",
        "--gpus",
        gpus,
        "--node-gpus",
        "4",
        "--at",
        minute(atMinute),
        "--new-node");
  }

  private JsonNode json(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--json");
    String output = output(0, all.toArray(String[]::new));
    return new JsonMapper().readTree(output.lines().toList().getLast());
  }

  /** The placements of a job by node, once they are as wanted. */
  private JsonNode awaitJob(String job, Predicate<JsonNode> wanted) throws Exception {
    JsonNode[] found = new JsonNode[1];
    Await.until(
        "placements of " + job,
        Duration.ofMinutes(3),
        () -> {
          try (Program program =
              Program.start("job", "show", job, "--site", "lab", "--kafka", kafka, "--json")) {
            if (program.await() != 0) {
              return false;
            }
            found[0] = new JsonMapper().readTree(program.output().lines().toList().getLast());
            return wanted.test(found[0].get("placements"));
          }
        });
    return found[0];
  }

  /** {@code run-7: GPU-0 GPU-1}, by job. */
  private static List<String> jobs(JsonNode placements) {
    List<String> jobs = new ArrayList<>();
    for (JsonNode placement : placements) {
      List<String> devices = placement.get("devices").findValuesAsText("device");
      jobs.add(placement.get("job").asText() + ": " + String.join(" ", devices));
    }
    return jobs;
  }

  @Test
  void nodesOfAJob_andJobsOfANode_areShown_alsoAfterCorrections() throws Exception {
    hold("run-7", "n1", "GPU-0,GPU-1", 0);
    hold("run-7", "n2", "GPU-2", 1);
    // its GPU-1 is given to another: what it had of it ended there
    hold("run-8", "n1", "GPU-1", 20);
    JsonNode job =
        awaitJob(
            "run-7",
            placements ->
                placements.size() == 2
                    && placements
                        .get(0)
                        .get("devices")
                        .get(1)
                        .get("until")
                        .asText()
                        .equals(minute(20)));
    assertThat(job.get("user").asText()).isEqualTo("ada");
    assertThat(job.get("state").asText()).isEqualTo("RUNNING");
    JsonNode n1 = job.get("placements").get(0);
    assertThat(n1.get("node").asText()).isEqualTo("n1");
    assertThat(n1.get("since").asText()).isEqualTo(minute(0));
    assertThat(n1.get("until").isNull()).isTrue();
    assertThat(n1.get("devices").get(0).get("until").isNull()).isTrue();
    assertThat(n1.get("memoryShare").asText()).isEqualTo("by GPUs");
    assertThat(n1.get("gpusOnNode").asInt()).isEqualTo(4);
    assertThat(jobs(json("node", "jobs", "n1"))).containsExactly("run-7: GPU-0", "run-8: GPU-1");
    assertThat(jobs(json("node", "jobs", "n1", "--at", minute(19))))
        .containsExactly("run-7: GPU-0 GPU-1");
    assertThat(jobs(json("node", "jobs", "n2", "--at", minute(0)))).isEmpty();

    // the release is received late: it ended before the other began
    output(0, "job", "end", "run-7", "--node", "n1", "--force", "--at", minute(10));
    awaitJob("run-7", placements -> placements.get(0).get("endedBy").asText().equals("HOOK"));
    assertThat(jobs(json("node", "jobs", "n1"))).containsExactly("run-8: GPU-1");
    assertThat(jobs(json("node", "jobs", "n1", "--at", minute(9))))
        .containsExactly("run-7: GPU-0 GPU-1");
    assertThat(output(0, "node", "jobs", "n1", "--at", minute(15)))
        .contains("node n1 of site lab: no job holds anything of it at " + minute(15));

    String table = output(0, "job", "show", "run-7");
    assertThat(table)
        .contains("job run-7 of site lab: completed, user ada")
        .containsPattern("NODE +SINCE +UNTIL +ENDED BY +SHARE +DEVICES")
        .containsPattern(
            "n1 +%s +%s +hook +100 %% +GPU-0, GPU-1"
                .formatted(Pattern.quote(minute(0)), Pattern.quote(minute(10))))
        .containsPattern("n2 +%s +- +- +100 %% +GPU-2".formatted(Pattern.quote(minute(1))));
    assertThat(output(0, "node", "jobs", "n1"))
        .containsPattern("run-8 +%s +- +- +100 %% +GPU-1".formatted(Pattern.quote(minute(20))));

    assertThat(output(1, "job", "show", "run-9")).contains("no job 'run-9' of site lab is known");
    assertThat(output(1, "node", "jobs", "n9"))
        .contains("no node n9 of site lab has reported; known sites: ");
    assertThat(output(2, "node", "jobs", "n1", "--at", "60d"))
        .contains("--at takes a time of the last 40 days");
  }
}
