// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.cli.log.Logging;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.producers.simulate.SiteSimulator;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Our image against Kafka's: what is published from here comes back as totals of jobs and of the
 * site. Skipped where there is no Docker engine, or where the images are not there.
 */
class ITContainers {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int WINDOW_MILLIS = 10_000;
  private static final String OWN_IMAGE =
      System.getProperty("containers.image", "joulestream:local");
  // whoever made the images wants to know when the test does not find them
  private static final boolean REQUIRED = Boolean.getBoolean("containers.required");

  @BeforeAll
  static void quiet() {
    Logging.start(false);
  }

  @Test
  void whatIsPublished_comesBackAsTotalsOfJobsAndOfTheSite() throws Exception {
    String kafkaImage = kafkaImage();
    need(
        DockerClientFactory.instance().isDockerAvailable(),
        "there is no Docker engine; DOCKER_HOST says where one is");
    needImage(OWN_IMAGE, "docker build -f deploy/Dockerfile -t %s .".formatted(OWN_IMAGE));
    needImage(kafkaImage, "docker pull " + kafkaImage);

    try (Network network = Network.newNetwork();
        KafkaContainer kafka =
            new KafkaContainer(DockerImageName.parse(kafkaImage))
                .withNetwork(network)
                .withListener("kafka:19092");
        GenericContainer<?> topics =
            own(network, "topics", "create", "--partitions", "2")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(LIMIT));
        GenericContainer<?> streams =
            own(network, "streams", "--threads", "1")
                .waitingFor(
                    Wait.forLogMessage(".*the topologies run.*", 1).withStartupTimeout(LIMIT))) {
      kafka.start();
      topics.start();
      assertThat(topics.getLogs()).contains("job-summary");
      streams.start();

      Map<String, Object> config = Map.of("bootstrap.servers", kafka.getBootstrapServers());
      long now = EpochClock.system().epochMillis();
      SiteSimulator site =
          new SiteSimulator(new SimulationOptions("containers", 2, 5), now - 120_000);
      try (KafkaPublisher publisher =
          KafkaPublisher.connect(KafkaClients.of(config), "joulestream-it-containers")) {
        site.advanceTo(now - 30_000, publisher);
        site.finish(publisher);
        publisher.flush();
      }

      Results results = new Results();
      try (KafkaConsumer<String, byte[]> consumer = consumer(kafka.getBootstrapServers())) {
        Await.until(
            "all readings and jobs in the results",
            LIMIT,
            () -> {
              consumer.poll(Duration.ofMillis(200)).forEach(results::take);
              // the site is told first, its jobs some seconds later
              return results.sum(SiteAmount.READINGS) == site.readings()
                  && results.endedJobs().size() == site.trueMillijoules().size()
                  && results.jobsMillijoules() == results.sum(SiteAmount.JOBS_TOTAL_MILLIJOULES);
            });
      }
      assertThat(results.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
          .isPositive()
          .isEqualTo(
              results.sum(SiteAmount.JOBS_TOTAL_MILLIJOULES)
                  + results.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES));
      assertThat(results.jobsMillijoules()).isPositive();
      assertThat(results.endedJobs()).isEqualTo(site.trueMillijoules().keySet());

      // it hears a stop, and ends by itself: 143 is SIGTERM, 137 would be a kill
      DockerClientFactory.lazyClient()
          .stopContainerCmd(streams.getContainerId())
          .withTimeout(30)
          .exec();
      assertThat(
              DockerClientFactory.lazyClient()
                  .inspectContainerCmd(streams.getContainerId())
                  .exec()
                  .getState()
                  .getExitCodeLong())
          .isEqualTo(143);
    }
  }

  private static GenericContainer<?> own(Network network, String... command) {
    return new GenericContainer<>(DockerImageName.parse(OWN_IMAGE))
        .withNetwork(network)
        .withEnv("JOULESTREAM_KAFKA", "kafka:19092")
        .withCommand(command);
  }

  /** The one that docker-compose.yml has. */
  private static String kafkaImage() throws IOException {
    Path compose = Path.of("..", "..", "docker-compose.yml");
    Matcher image =
        Pattern.compile("image: (apache/kafka:\\S+)").matcher(Files.readString(compose));
    assertThat(image.find()).as("Kafka's image in %s", compose).isTrue();
    return image.group(1);
  }

  private static void needImage(String image, String command) {
    boolean there =
        DockerClientFactory.lazyClient().listImagesCmd().exec().stream()
            .anyMatch(
                each -> each.getRepoTags() != null && List.of(each.getRepoTags()).contains(image));
    need(there, "there is no image %s; %s".formatted(image, command));
  }

  private static void need(boolean there, String otherwise) {
    if (!there && !REQUIRED) {
      System.out.println("ITContainers is skipped: " + otherwise);
    }
    assertThat(there || !REQUIRED).as(otherwise).isTrue();
    Assumptions.assumeTrue(there, otherwise);
  }

  private static KafkaConsumer<String, byte[]> consumer(String bootstrap) {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrap,
                "group.id", "it-containers",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(List.of("ledger", "job-summary"));
    return consumer;
  }

  /** What was told last of each window and of each job. */
  private static final class Results {
    private final Map<String, SiteWindow> windows = new HashMap<>();
    private final Map<String, JobSummary> jobs = new HashMap<>();

    void take(ConsumerRecord<String, byte[]> result) {
      if (result.topic().equals("ledger")) {
        SiteWindow window =
            WireSerdes.siteWindows().deserializer().deserialize("ledger", result.value());
        if (window.windowMillis() == WINDOW_MILLIS) {
          windows.put(window.windowStartEpochMillis() + "/" + window.fragmentEpochMillis(), window);
        }
      } else {
        JobSummary job =
            WireSerdes.jobSummaries().deserializer().deserialize("job-summary", result.value());
        jobs.put(job.job() + "/" + job.fragmentEpochMillis(), job);
      }
    }

    long sum(SiteAmount amount) {
      return windows.values().stream().mapToLong(window -> window.totals().get(amount)).sum();
    }

    long jobsMillijoules() {
      return jobs.values().stream()
          .mapToLong(job -> job.totals().get(JobAmount.TOTAL_MILLIJOULES))
          .sum();
    }

    Collection<String> endedJobs() {
      return jobs.values().stream()
          .filter(job -> job.state().ended())
          .map(JobSummary::job)
          .collect(Collectors.toSet());
    }
  }
}
