// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Time;

/**
 * The time by which Kafka Streams commits and calls punctuators: it advances by the monotonic
 * clock. By the wall clock, which it would use, it commits nothing after a step back until the old
 * time comes again.
 */
final class SteadyTime implements Time {
  private final EpochClock clock;
  private final NanoClock nanos;

  SteadyTime(EpochClock wall, NanoClock nanos) {
    this.clock = EpochClock.steady(wall, nanos);
    this.nanos = nanos;
  }

  @Override
  public long milliseconds() {
    return clock.epochMillis();
  }

  @Override
  public long nanoseconds() {
    return nanos.nanos();
  }

  @Override
  public void sleep(long millis) {
    Time.SYSTEM.sleep(millis);
  }

  @Override
  public void waitObject(Object waited, Supplier<Boolean> condition, long deadlineMillis)
      throws InterruptedException {
    synchronized (waited) {
      while (!condition.get()) {
        long left = deadlineMillis - milliseconds();
        if (left <= 0) {
          throw new TimeoutException("Condition not satisfied before deadline");
        }
        waited.wait(left);
      }
    }
  }
}
