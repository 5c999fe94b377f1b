// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Records at which the program itself failed, half way through a node's books. Such a record takes
 * its task down, and with it all that was not committed; when the task comes to it again, it is
 * refused before it touches anything, and kept like all that is refused. Safe for many threads.
 */
public final class Poison {
  private final Map<String, String> reasons = new ConcurrentHashMap<>();

  /** Why this record is refused, or null. */
  public @Nullable String reason(RecordMetadata origin) {
    return reasons.isEmpty() ? null : reasons.get(place(origin));
  }

  /** Does what the record asks for; remembers the record if that fails. */
  public <T> T guard(RecordMetadata origin, Supplier<T> work) {
    try {
      return work.get();
    } catch (IllegalArgumentException
        | IllegalStateException
        | ArithmeticException
        | IndexOutOfBoundsException
        | NullPointerException e) {
      reasons.put(place(origin), "the program failed at it: " + e);
      throw new PoisonFound(place(origin), e);
    }
  }

  private static String place(RecordMetadata origin) {
    return origin.topic() + "-" + origin.partition() + "@" + origin.offset();
  }

  /** Takes the task down; not an error of arguments, which would be refused on the spot. */
  public static final class PoisonFound extends RuntimeException {
    PoisonFound(String place, RuntimeException cause) {
      super("failed at " + place + ", which will be refused when it comes again", cause);
    }
  }
}
