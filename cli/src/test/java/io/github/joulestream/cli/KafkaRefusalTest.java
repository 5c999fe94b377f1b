// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/** Refusals in words for people. */
class KafkaRefusalTest {
  @Test
  void aRightThatIsMissing_isNamed_withTheCommandThatGivesIt() {
    assertThat(
            KafkaRefusal.words(
                new KafkaException(
                    "a transaction failed", new TopicAuthorizationException(Set.of("budgets")))))
        .hasValueSatisfying(words ->
            assertThat(words)
                .contains("does not permit this", "[budgets]", "joulestream topics acl"));
  }

  @Test
  void aWrongPassword_isNamed_withTheFileThatHasIt() {
    assertThat(
            KafkaRefusal.words(
                new ExecutionException(new SaslAuthenticationException("invalid credentials"))))
        .hasValueSatisfying(words ->
            assertThat(words).contains("who this is: invalid credentials", "--kafka-config"));
  }

  @Test
  void otherFailures_areNoRefusals() {
    assertThat(KafkaRefusal.words(new ExecutionException(new TimeoutException("late")))).isEmpty();
  }
}
