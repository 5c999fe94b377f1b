// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.producers.probe.BlockProbe;
import io.github.joulestream.producers.probe.MemoryProbe;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.TopicAdmin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is reachable, what is missing, what to do. */
@Command(
    name = "doctor",
    sortOptions = false,
    description =
        "Say what is reachable, what is missing, and what to do; 1 if something is amiss.")
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--store-url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:9000",
      description = "The store (default: ${DEFAULT-VALUE}).")
  URI storeUrl = URI.create("http://127.0.0.1:9000");

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();
  private boolean amiss;

  @Override
  public Integer call() throws InterruptedException {
    say(true, "Java", Runtime.version().toString());
    checkKafka();
    checkStore();
    checkProbe(new MemoryProbe(Path.of("/proc")));
    checkProbe(new BlockProbe(Path.of("/proc"), Path.of("/sys")));
    return amiss ? 1 : 0;
  }

  private void checkKafka() throws InterruptedException {
    try (Admin admin = kafka.admin()) {
      List<String> differences = new TopicAdmin(admin).check();
      say(true, "Kafka", "answers at " + kafka.bootstrap);
      say(
          differences.isEmpty(),
          "topics",
          differences.isEmpty()
              ? "are as they must be"
              : String.join("; ", differences) + " -> joulestream topics create");
    } catch (UserError e) {
      say(false, "Kafka", String.valueOf(e.getMessage()));
    } catch (java.util.concurrent.ExecutionException e) {
      say(false, "Kafka", "answers, but refuses: " + e.getCause());
    }
  }

  private void checkStore() throws InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
      int status =
          http.send(
                  HttpRequest.newBuilder(storeUrl.resolve("/ping"))
                      .timeout(Duration.ofSeconds(5))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode();
      say(status < 500, "store", "answers %d at %s".formatted(status, storeUrl));
    } catch (IOException e) {
      say(
          false,
          "store",
          "cannot be reached at %s -> start it, or give --store-url".formatted(storeUrl));
    } catch (IllegalArgumentException e) {
      say(false, "store", "%s is not an address of a store".formatted(storeUrl));
    }
  }

  private void checkProbe(Probe probe) {
    try (probe) {
      probe.open();
      say(true, probe.name(), probe.describe());
    } catch (Probe.ProbeUnavailable e) {
      // a node may well lack it
      say(true, probe.name(), "unavailable, because " + e.getMessage());
    }
  }

  private void say(boolean fine, String what, String text) {
    amiss |= !fine;
    System.out.printf("%-4s %-8s %s%n", fine ? "ok" : "--", what, text);
  }
}
