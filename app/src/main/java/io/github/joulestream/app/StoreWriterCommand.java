// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.HealthOption;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.cli.StatusLines;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.schemas.TopicWatch;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.writer.StoreWriter;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Results into the store, from any Kafka. */
@Command(
    name = "store-writer",
    sortOptions = false,
    description =
        "Write results into InfluxDB (2.x, 1.x, 3), or QuestDB; make what is missing there.")
final class StoreWriterCommand implements Callable<Integer> {
  static final String DEFAULT_URL = "http://127.0.0.1:8086";
  private static final Duration STORE_PAUSE = Duration.ofSeconds(2);
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  @Option(
      names = "--store-url",
      paramLabel = "URL",
      defaultValue = DEFAULT_URL,
      description = "The store (default: ${DEFAULT-VALUE}).")
  URI url = URI.create(DEFAULT_URL);

  @Mixin StoreOptions store = new StoreOptions();

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      defaultValue = "store-writer-1",
      description = "Lasting name of this instance (default: ${DEFAULT-VALUE}).")
  String instance = "";

  @Mixin HealthOption healthPort = new HealthOption(HealthOption.STORE_WRITER);
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    kafka.join();
    try (ShutdownSignal stopping = new ShutdownSignal()) {
      StoreConnection connection = connect(stopping);
      return connection == null ? 0 : write(connection, stopping);
    }
  }

  /** Waits for the store if it is not there yet; null if the end was asked for before. */
  private @Nullable StoreConnection connect(ShutdownSignal stopping) throws InterruptedException {
    boolean reported = false;
    do {
      try {
        StoreConnection connection = store.connect(url);
        List<String> notes = connection.prepare();
        System.out.println("the store at " + ShownUrl.of(url) + " is " + connection.kind().words());
        notes.forEach(note -> System.out.println("  " + ShownText.of(note)));
        return connection;
      } catch (IOException e) {
        if (!reported) {
          reported = true;
          String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
          System.out.printf(
              "waiting for the store at %s: %s%n",
              ShownUrl.of(url), ShownText.of(ShownUrl.within(why)));
        }
      }
    } while (!stopping.await(STORE_PAUSE));
    return null;
  }

  private int write(StoreConnection connection, ShutdownSignal stopping) throws Exception {
    Metrics metrics = new Metrics();
    try (StoreWriter writer =
            new StoreWriter(kafka.clients(), instance, connection.sink(), EpochClock.system());
        TopicWatch watch =
            TopicWatch.ofRead(kafka.clients(), "store-writer", StoreWriter.topics()).start();
        AutoCloseable _ = healthPort.open(metrics, () -> watch.with(writer.health()))) {
      writer.showIn(metrics);
      writer.start();
      System.out.println("writing into " + ShownUrl.of(url) + "; Ctrl-C stops it");
      StatusLines lines = new StatusLines(System.out);
      while (!stopping.await(
          LINE_INTERVAL, "the store writer", () -> watch.failure().or(writer::failure))) {
        lines.print(
            writer.storeTrouble().orElse("")
                + writer.recordsRefused()
                + (writer.pointsWritten() > 0),
            String.format(
                Locale.ROOT,
                "%,d points stored, %,d records refused, %,d retries%s",
                writer.pointsWritten(),
                writer.recordsRefused(),
                writer.retries(),
                writer.storeTrouble().map(trouble -> "; waiting, because " + trouble).orElse("")));
      }
    }
    return 0;
  }
}
