// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.failure;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.junit.jupiter.api.Test;

class RecordRefusalsTest {
  @Test
  void whatIsOfTheRecord_isARefusal_andWhatIsKafkas_isNot() {
    for (Throwable ofRecord :
        List.of(
            new SerializationException("not readable"),
            new IllegalArgumentException("bad"),
            new NullPointerException(),
            new ArithmeticException("overflow"),
            new ClassCastException(),
            new StackOverflowError())) {
      assertThatCode(() -> RecordRefusals.rethrowUnlessOfRecord(ofRecord))
          .doesNotThrowAnyException();
    }
    for (RuntimeException kafkas :
        List.of(new ProducerFencedException("another"), new ProcessorStateException("the disk"))) {
      assertThatThrownBy(() -> RecordRefusals.rethrowUnlessOfRecord(kafkas)).isSameAs(kafkas);
    }
  }
}
