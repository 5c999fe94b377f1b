// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ArrivalTimeTest {
  @Test
  void aTimeThatIsNone_isThatOfTheRecordBefore() {
    ArrivalTime time = new ArrivalTime();
    assertThat(time.extract(at(7), 3)).isEqualTo(7);
    assertThat(time.extract(at(-1), 3)).isEqualTo(3);
    assertThat(time.extract(at(-1), -1)).isZero();
  }

  private static ConsumerRecord<Object, Object> at(long epochMillis) {
    return new ConsumerRecord<>(
        "topic",
        0,
        0,
        epochMillis,
        TimestampType.CREATE_TIME,
        0,
        0,
        "key",
        "value",
        new RecordHeaders(),
        Optional.empty());
  }
}
