// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import io.github.joulestream.producers.input.Names;
import io.github.joulestream.producers.probe.Probe;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A probe and its state. Used by one thread; what cannot be read, and how often, may be read by
 * others.
 */
final class ProbeSource {
  private static final Logger log = LoggerFactory.getLogger(ProbeSource.class);

  final Probe probe;
  private final AtomicLong failures = new AtomicLong();
  private volatile boolean open;
  // why its readings, and why its statuses, cannot be read, or null
  private volatile @Nullable String trouble;
  private volatile @Nullable String statusTrouble;

  ProbeSource(Probe probe) {
    this.probe = probe;
  }

  boolean isOpen() {
    return open;
  }

  long failures() {
    return failures.get();
  }

  /** What of it cannot be read, and why: a sentence each. */
  List<String> troubles() {
    return Stream.of(Optional.ofNullable(trouble), Optional.ofNullable(statusTrouble))
        .flatMap(Optional::stream)
        .toList();
  }

  String describe() {
    try {
      return probe.describe();
    } catch (RuntimeException e) {
      log.warn("Probe {} cannot be described", probe.name(), e);
      return probe.name();
    }
  }

  void open() {
    try {
      probe.open();
      open = true;
      trouble = null;
    } catch (Probe.ProbeUnavailable e) {
      // hardware that is not there is no failure
      trouble =
          e.isAbsent()
              ? null
              : "%s unavailable, because %s"
                  .formatted(probe.name(), Names.words(String.valueOf(e.getMessage())));
    } catch (RuntimeException | StackOverflowError e) {
      // a defect in one probe must not affect the others; it is opened again later
      failures.incrementAndGet();
      log.warn("Probe {} cannot be opened", probe.name(), e);
      trouble = "%s unavailable, because %s".formatted(probe.name(), Names.words(e.toString()));
    }
  }

  /** Its readings were read; true if they could not be before. */
  boolean isReadAgain() {
    if (trouble == null) {
      return false;
    }
    trouble = null;
    log.warn("Probe {} can be read again", probe.name());
    return true;
  }

  /**
   * Its readings cannot be read; true if they could be before.
   *
   * @param mistake a defect, logged with its stack, or null
   */
  boolean fails(String message, @Nullable Throwable mistake) {
    String why = Names.words(message);
    failures.incrementAndGet();
    boolean first = trouble == null;
    if (first) {
      log.warn("Probe {} fails: {}", probe.name(), why, mistake);
    }
    trouble = "%s fails: %s".formatted(probe.name(), why);
    return first;
  }

  /** Its statuses were read; true if they could not be before. */
  boolean givesStatusesAgain() {
    if (statusTrouble == null) {
      return false;
    }
    statusTrouble = null;
    log.warn("Statuses of probe {} can be read again", probe.name());
    return true;
  }

  /** Its statuses cannot be read; true if they could be before. Its readings are not affected. */
  boolean statusesFail(String message, @Nullable Throwable mistake) {
    String why = Names.words(message);
    failures.incrementAndGet();
    boolean first = statusTrouble == null;
    if (first) {
      log.warn("Statuses of probe {} cannot be read: {}", probe.name(), why, mistake);
    }
    statusTrouble = "statuses of %s fail: %s".formatted(probe.name(), why);
    return first;
  }
}
