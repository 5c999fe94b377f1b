// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.agent.AgentSettings;
import io.github.joulestream.producers.agent.NodeAgent;
import io.github.joulestream.producers.jobs.HeldJobs;
import io.github.joulestream.producers.jobs.JobDirectory;
import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobSummary.EndedBy;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How jobs become known: the agent's directory, the job command, Slurm's topic; into the store. */
class ITJobs {
  private static final String GPU_IDLE = "gpu0";
  private static final String GPU_BUSY = "gpu1";

  @TempDir Path folder;
  private Program up;
  private String kafka;
  private QuestDbReader store;

  @BeforeEach
  void start() throws Exception {
    up =
        Program.start(
            "up", "--simulate", "1", "--no-agent", "--kafka-port", "0", "--store-port", "0");
    up.awaitLine("ready after");
    kafka = found("Kafka  ([0-9.:]+)");
    store = new QuestDbReader(URI.create(found("store  (http://[0-9.:]+)")));
  }

  @AfterEach
  void stop() throws Exception {
    try (Program ended = up) {
      store.close();
      // so that it takes its folder with it, gigabytes that brokers and stores set aside
      ended.interrupt();
      ended.await();
    }
  }

  private String found(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(up.output());
    assertThat(matcher.find()).as(up.output()).isTrue();
    return matcher.group(1);
  }

  private static void run(String... args) throws Exception {
    try (Program program = Program.start(args)) {
      assertThat(program.await()).as(program.output()).isZero();
    }
  }

  /** The job, once the store has it so. */
  private JobSummary awaitJob(String id, Predicate<JobSummary> wanted) throws Exception {
    JobSummary[] found = new JobSummary[1];
    Await.until(
        "job " + id,
        () -> {
          for (JobSummary job : store.jobSummaries()) {
            if (job.job().equals(id)) {
              found[0] = job;
            }
          }
          return found[0] != null && wanted.test(found[0]);
        });
    return found[0];
  }

  /** Two GPUs at 100 W, one of which does nothing. */
  private static final class TwoGpus implements Probe {
    @Override
    public String name() {
      return "two GPUs";
    }

    @Override
    public void open() {}

    @Override
    public String describe() {
      return "two GPUs";
    }

    @Override
    public GpuNumbering numbering() {
      return new GpuNumbering() {
        @Override
        public boolean any() {
          return true;
        }

        @Override
        public @Nullable String find(String name) {
          return switch (name) {
            case "GPU-idle", COUNTED + "0" -> GPU_IDLE;
            case COUNTED + "1" -> GPU_BUSY;
            default -> null;
          };
        }
      };
    }

    @Override
    public List<DeviceSeries> read(long epochMillis) {
      return List.of(gpu(GPU_IDLE, epochMillis, 0), gpu(GPU_BUSY, epochMillis, 9_000));
    }

    private static DeviceSeries gpu(String id, long epochMillis, long busyBasisPoints) {
      long[] none = {};
      return new DeviceSeries(
          Device.sensor(id, DeviceKind.GPU),
          new Readings(
              new long[] {epochMillis},
              new long[] {100_000},
              none,
              new long[] {busyBasisPoints},
              none,
              none,
              none));
    }

    @Override
    public void close() {}
  }

  @Test
  void fromTheDirectory_andWhatIsHeldButNotUsedIsSeen() throws Exception {
    Path jobs = Files.createDirectories(folder.resolve("jobs"));
    try (KafkaPublisher publisher =
            KafkaPublisher.connect(KafkaClients.of(kafka), "joulestream-it-jobs");
        NodeAgent agent =
            new NodeAgent(
                new AgentSettings(
                    "lab", "n1", Duration.ofMillis(200), Duration.ofMillis(200), Map.of()),
                List.of(new TwoGpus()),
                publisher,
                EpochClock.system(),
                NanoClock.system())) {
      agent.follow(List.of(new JobDirectory("lab", jobs)), HeldJobs.none());
      assertThat(agent.describe()).contains("jobs in " + jobs);
      agent.start();
      Await.until("the agent reads", () -> agent.readings() > 4);
      run("job", "start", "lazy", "--user", "ada", "--gpus", "GPU-idle", "--dir", jobs.toString());
      run("job", "start", "eager", "--user", "bob", "--gpus", "1", "--dir", jobs.toString());
      long then = agent.readings();
      Await.until("three seconds", () -> agent.readings() > then + 30);
      run("job", "progress", "eager", "--done", "12", "--unit", "steps", "--dir", jobs.toString());
      run("job", "end", "lazy", "--state", "cancelled", "--dir", jobs.toString());
      run("job", "end", "eager", "--dir", jobs.toString());
      long end = agent.readings();
      Await.until("one more second", () -> agent.readings() > end + 10);
      agent.stop();
      publisher.flush();
    }
    JobSummary lazy = awaitJob("lazy", ITJobs::wholeEnergy);
    assertThat(lazy.details().user()).isEqualTo("ada");
    assertThat(lazy.state()).isEqualTo(JobState.CANCELLED);
    assertThat(lazy.totals().get(JobAmount.HELD_IDLE_MILLIJOULES))
        .isEqualTo(lazy.totals().get(JobAmount.GPU_MILLIJOULES));
    assertThat(lazy.totals().get(JobAmount.GPU_BUSY_MILLIS)).isZero();

    JobSummary eager = awaitJob("eager", ITJobs::wholeEnergy);
    assertThat(eager.state()).isEqualTo(JobState.COMPLETED);
    assertThat(eager.work().amount()).isEqualTo(12);
    assertThat(eager.work().unit()).isEqualTo("steps");
    assertThat(eager.totals().get(JobAmount.HELD_IDLE_MILLIJOULES)).isZero();
  }

  /** 100 W as long as it was there, to a millisecond at each end. */
  private static boolean wholeEnergy(JobSummary job) {
    long millis = job.times().endEpochMillis() - job.times().startEpochMillis();
    return job.endedBy() == EndedBy.SCHEDULER
        && Math.abs(job.totals().get(JobAmount.GPU_MILLIJOULES) - 100 * millis) <= 200;
  }

  @Test
  void byTheCommandStraightToKafka() throws Exception {
    run(
        "job",
        "start",
        "run-7",
        "--site",
        "lab",
        "--node",
        "n2",
        "--user",
        "ada",
        "--gpus",
        "GPU-1",
        "--node-gpus",
        "4",
        "--label",
        "model=llama",
        "--at",
        "1m",
        "--new-node",
        "--kafka",
        kafka);
    awaitJob("run-7", job -> job.state() == JobState.RUNNING);
    run(
        "job",
        "progress",
        "run-7",
        "--site",
        "lab",
        "--done",
        "1200",
        "--unit",
        "tokens",
        "--kafka",
        kafka);
    awaitJob("run-7", job -> job.work().amount() == 1_200);
    run("job", "end", "run-7", "--site", "lab", "--node", "n2", "--force", "--kafka", kafka);
    JobSummary job = awaitJob("run-7", found -> found.state() == JobState.COMPLETED);
    assertThat(job.details().user()).isEqualTo("ada");
    assertThat(job.details().labels()).isEqualTo(Map.of("model", "llama"));
    assertThat(job.work().unit()).isEqualTo("tokens");
    assertThat(job.times().endEpochMillis() - job.times().startEpochMillis())
        .isBetween(60_000L, 120_000L);
    try (Program unknown = Program.start("job", "end", "run-8", "--dir", folder.toString())) {
      assertThat(unknown.await()).isEqualTo(1);
      assertThat(unknown.output()).contains("knows no job 'run-8'; start it first");
    }
  }

  @Test
  void fromSlurmsTopic_andWhatIsNoRecordIsKeptApart() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      admin.createTopics(List.of(new NewTopic("slurm", 1, (short) 1))).all().get();
    }
    LocalDateTime start =
        LocalDateTime.ofInstant(Instant.now().minusSeconds(90), ZoneOffset.UTC).withNano(0);
    try (Program bridge =
            Program.start("slurm-jobs", "--topic", "slurm", "--site", "lab", "--kafka", kafka);
        KafkaProducer<String, byte[]> slurm =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka),
                new StringSerializer(),
                new ByteArraySerializer())) {
      bridge.awaitLine("publishing jobs from");
      for (String json :
          List.of(
              "{\"jobid\":4711,\"username\":\"marie\",\"account\":\"physics\",\"job_name\":"
                  + "\"train\",\"partition\":\"gpu\",\"state\":\"TIMEOUT\",\"@start\":\"%s\","
                      .formatted(start)
                  + "\"@end\":\"%s\",\"total_nodes\":2}".formatted(start.plusSeconds(60)),
              "no JSON",
              "{\"jobid\":4712,\"state\":\"CANCELLED\",\"@start\":\"Unknown\"}")) {
        slurm.send(new ProducerRecord<>("slurm", json.getBytes(UTF_8))).get();
      }
      JobSummary job = awaitJob("4711", found -> found.state() == JobState.TIMEOUT);
      assertThat(job.details().user()).isEqualTo("marie");
      assertThat(job.nodes()).isEqualTo(2);
      assertThat(job.times().startEpochMillis())
          .isEqualTo(start.toInstant(ZoneOffset.UTC).toEpochMilli());
      assertThat(job.times().endEpochMillis() - job.times().startEpochMillis()).isEqualTo(60_000);
      bridge.interrupt();
      assertThat(bridge.await()).as(bridge.output()).isIn(0, 130);
      assertThat(bridge.output())
          .contains("1 records published as jobs, 1 of jobs that never ran, 1 refused");
    }
  }
}
