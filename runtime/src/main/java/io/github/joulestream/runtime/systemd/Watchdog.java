// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.systemd;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.ShownText;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to systemd that a service is ready, its status, and, as long as its health is good,
 * repeatedly that it is alive. A service that no longer does so for {@code WatchdogSec=} is
 * restarted.
 */
public final class Watchdog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
  // without a watchdog, how often the words on its state are brought up to date
  private static final Duration STATUS_INTERVAL = Duration.ofSeconds(30);
  private static final int MAX_WORDS = 500;

  private final NotifySocket socket;
  private final Supplier<Health> health;
  private final Duration interval;
  private final boolean watched;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("watchdog").daemon().unstarted(this::run);

  private Watchdog(
      NotifySocket socket, Supplier<Health> health, Duration interval, boolean watched) {
    this.socket = socket;
    this.health = health;
    this.interval = interval;
    this.watched = watched;
  }

  /**
   * Reports that the service is ready, and its status from now on, if systemd asks for it.
   *
   * @param environment {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID}, by
   *     sd_notify(3) and sd_watchdog_enabled(3); without the first nothing is done
   * @param health good while the service need not be restarted
   */
  public static Optional<Watchdog> start(Map<String, String> environment, Supplier<Health> health) {
    String path = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (path.isEmpty()) {
      return Optional.empty();
    }
    try {
      NotifySocket socket = new NotifySocket(path);
      try {
        socket.send("READY=1");
      } catch (IOException e) {
        socket.close();
        throw e;
      }
      Duration limit = limit(environment);
      Watchdog watchdog =
          new Watchdog(
              socket,
              health,
              limit.isZero() ? STATUS_INTERVAL : limit.dividedBy(3),
              !limit.isZero());
      watchdog.thread.start();
      return Optional.of(watchdog);
    } catch (IOException | RuntimeException | LinkageError e) {
      // the service does its work all the same; systemd ends it if it waits for this
      log.warn("Readiness not reported to systemd: {}", e.toString());
      return Optional.empty();
    }
  }

  /** Zero if this process is not watched. */
  private static Duration limit(Map<String, String> environment) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    if (!micros.matches("[0-9]{1,15}")
        || (!pid.isEmpty() && !pid.equals(Long.toString(ProcessHandle.current().pid())))) {
      return Duration.ZERO;
    }
    return Duration.of(Long.parseLong(micros), java.time.temporal.ChronoUnit.MICROS);
  }

  private void run() {
    String reported = "";
    try {
      do {
        Health now = health.get();
        String words = ShownText.of(now.words(), MAX_WORDS);
        String alive = watched && now.ok() ? "WATCHDOG=1\n" : "";
        if (!alive.isEmpty() || !words.equals(reported)) {
          send(alive + "STATUS=" + words);
          reported = words;
        }
      } while (!stop.await(interval.toNanos(), TimeUnit.NANOSECONDS));
      send("STOPPING=1");
    } catch (InterruptedException e) {
      log.debug("Interrupted: no further reports", e);
    }
  }

  private void send(String message) {
    try {
      socket.send(message);
    } catch (IOException e) {
      log.warn("Status not reported to systemd: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.close();
  }
}
