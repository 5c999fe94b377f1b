// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.log;

import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.kafka.ConsumerRefusals;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a command that only reads a topic cannot read: it leaves that out and logs the first few and
 * their number. Nothing is kept of it as a dead letter: that is for the programs that work on the
 * topic. Used by one thread.
 */
public final class Unreadable {
  private static final Logger log = LoggerFactory.getLogger(Unreadable.class);
  private static final int NAMED_AT_MOST = 3;
  private static final int KNOWN_AT_MOST = 10_000;
  private static final int MAX_CHARACTERS = 100;

  // of each key the latest, as far as they are remembered
  private final Map<String, String> latest = new LinkedHashMap<>();
  private long more;

  /**
   * Leaves a record out.
   *
   * @throws RuntimeException the failure itself, if it is not of the record
   */
  public void add(ConsumerRecord<String, byte[]> record, Throwable e) {
    if (!ConsumerRefusals.isOfTheRecord(e)) {
      throw e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
    String key = ShownText.of(record.key(), MAX_CHARACTERS);
    if (latest.size() == KNOWN_AT_MOST && !latest.containsKey(key)) {
      more++;
      return;
    }
    latest.put(
        key,
        "%s of %s (partition %d offset %d) cannot be read: %s"
            .formatted(
                key,
                record.topic(),
                record.partition(),
                record.offset(),
                ConsumerRefusals.reason(e)));
  }

  /** A later record of the key can be read, so that the earlier is of no interest any more. */
  public void replaced(ConsumerRecord<String, byte[]> record) {
    if (!latest.isEmpty()) {
      latest.remove(ShownText.of(record.key(), MAX_CHARACTERS));
    }
  }

  /** Logs what was left out, if anything was. */
  public void report() {
    latest.values().stream().limit(NAMED_AT_MOST).forEach(line -> log.warn(ShownText.of(line)));
    long unnamed = latest.size() - NAMED_AT_MOST + more;
    if (unnamed > 0) {
      log.warn("and {} more records that cannot be read", unnamed);
    }
  }
}
