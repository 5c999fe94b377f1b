// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.producers.replay.TraceSet;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Traces of real runs, published as fast as the streams take their allocations. */
final class TraceReplay implements Workload {
  private static final Duration POLL = Duration.ofMillis(100);

  private final TraceSet traces;
  private final Path folder;
  private final CompletionCheck completion;
  private final BooleanSupplier stopRequested;
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean cutShort;
  private volatile long readings;

  /**
   * @param folder where the traces are
   * @param stopRequested true when the user wants it to end
   */
  TraceReplay(
      TraceSet traces, Path folder, CompletionCheck completion, BooleanSupplier stopRequested) {
    this.traces = traces;
    this.folder = folder;
    this.completion = completion;
    this.stopRequested = stopRequested;
  }

  @Override
  public void announce(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "replaying %s on %s, %s, from %s as site '%s'%n",
        Quantities.count(traces.jobs().size(), "job"),
        Quantities.count(traces.nodes(), "node"),
        Quantities.count(traces.readings(), "reading"),
        ShownText.of(folder.toString()),
        ShownText.of(traces.site()));
    traces.notices().forEach(notice -> out.println("  note: " + ShownText.of(notice)));
  }

  @Override
  public void start(Components components, KafkaPublisher publisher) {
    Thread thread =
        Thread.ofPlatform()
            .name("replay")
            .start(() -> {
              try {
                cutShort =
                    !traces.publish(
                        publisher, count -> readings = count, this::ends, this::awaitAllocations);
              } catch (RuntimeException e) {
                failure.set(e);
              } finally {
                done.countDown();
              }
            });
    components.add(
        "replay",
        () -> {
          ended.set(true);
          thread.join();
        });
  }

  private boolean ends() {
    return ended.get() || stopRequested.getAsBoolean();
  }

  /** Returns when the streams have the allocations so far; readings before them cost much more. */
  private void awaitAllocations() {
    try {
      while (!ends() && !completion.allocationsTaken()) {
        TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot read the offsets that the streams committed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public long readings() {
    return readings;
  }

  @Override
  public OptionalLong totalReadings() {
    return OptionalLong.of(traces.readings());
  }

  @Override
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  @Override
  public boolean isDone() {
    return done.getCount() == 0;
  }

  @Override
  public boolean wasCutShort() {
    return cutShort;
  }

  @Override
  public void finish(PrintStream out) throws InterruptedException {
    ended.set(true);
    done.await();
  }
}
