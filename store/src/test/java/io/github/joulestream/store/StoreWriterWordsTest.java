// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreWriterWordsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "answers 500: write error: job_summary, errno: 28, error: No space left [size=65536] | full",
        "answers 500: engine: write /var/lib/x.wal: no space left on device | full",
        "answers 500: write /var/lib/x.wal: disk quota exceeded | full",
        "answers 503: errno: 281 of something | away",
        "cannot be reached: Connection refused | away"
      })
  void aStoreWithoutRoom_isNotAway(String answer, String what) {
    assertThat(StoreWriter.troubleWords(answer))
        .isEqualTo(
            what.equals("full")
                ? "the store's disk is full: " + answer
                : "the store is away: " + answer);
  }
}
