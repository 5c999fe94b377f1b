// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  @Test
  void aSmallRecordIsKeptWhole() {
    var letter =
        DeadLetters.letter(
            new ConsumerRecord<>("jobs", 3, 42, "a/b".getBytes(UTF_8), "x".getBytes(UTF_8)),
            "not readable");
    assertThat(letter.topic()).isEqualTo("dead-letter");
    assertThat(letter.key()).isEqualTo("a/b".getBytes(UTF_8));
    assertThat(letter.value()).isEqualTo("x".getBytes(UTF_8));
    assertThat(headers(letter))
        .isEqualTo(
            Map.of("reason", "not readable", "topic", "jobs", "partition", "3", "offset", "42"));
  }

  @Test
  void nothingIsKeptAsNothing() {
    var letter = DeadLetters.letter(new ConsumerRecord<>("jobs", 0, 1, null, null), "no key");
    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isNull();
  }

  @Test
  void aLargeRecordIsCutAndSaysWhatItWas() {
    var letter =
        DeadLetters.letter(
            new ConsumerRecord<>("jobs", 0, 1, new byte[70_000], new byte[5_000_000]),
            "y".repeat(5_000));
    assertThat(letter.key()).hasSize(DeadLetters.MAX_KEY_BYTES);
    assertThat(letter.value()).hasSize(DeadLetters.MAX_VALUE_BYTES);
    assertThat(headers(letter))
        .containsEntry("size", "5000000")
        // head -c 5000000 /dev/zero | sha256sum
        .containsEntry("sha256", SHA256)
        .containsEntry("reason", "y".repeat(1_000) + " ...");
  }

  @Test
  void aValueAtTheBoundIsNotCut() {
    var letter =
        DeadLetters.letter(
            new ConsumerRecord<>("jobs", 0, 1, null, new byte[DeadLetters.MAX_VALUE_BYTES]), "z");
    assertThat(letter.value()).hasSize(DeadLetters.MAX_VALUE_BYTES);
    assertThat(headers(letter)).doesNotContainKeys("size", "sha256");
  }

  private static final String SHA256 =
      "b39781589c4403fb82174c9647a010464cff38bad976547d339899b00053a545";

  private static Map<String, String> headers(ProducerRecord<?, ?> letter) {
    Map<String, String> headers = new LinkedHashMap<>();
    letter
        .headers()
        .forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
    return headers;
  }

  @Test
  void headersOfTheRecord_areKeptApart_andCountedWhereThereIsNoRoom() {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("jobs", 0, 1, null, new byte[] {1});
    record.headers().add("reason", new byte[] {7});
    record.headers().add("large", new byte[DeadLetters.MAX_OWN_HEADER_BYTES]);
    var letter = DeadLetters.letter(record, "why");
    assertThat(letter.headers().lastHeader(DeadLetters.REASON).value())
        .isEqualTo("why".getBytes(UTF_8));
    assertThat(letter.headers().lastHeader(DeadLetters.OWN + "reason").value()).containsExactly(7);
    assertThat(letter.headers().lastHeader(DeadLetters.OWN + "large")).isNull();
    assertThat(letter.headers().lastHeader(DeadLetters.HEADERS_LEFT_OUT).value())
        .isEqualTo("1".getBytes(UTF_8));
  }
}
