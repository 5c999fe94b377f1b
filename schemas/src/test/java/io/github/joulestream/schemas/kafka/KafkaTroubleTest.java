// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.schemas.kafka.KafkaTrouble.Kind;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

class KafkaTroubleTest {
  private static Kind kind(Throwable e) {
    return KafkaTrouble.of(e).kind();
  }

  @Test
  void whatPasses_isAway() {
    assertThat(kind(new TimeoutException("nobody there"))).isEqualTo(Kind.AWAY);
    assertThat(kind(new NotLeaderOrFollowerException("moved"))).isEqualTo(Kind.AWAY);
    KafkaTrouble made = KafkaTrouble.of(new KafkaException("no client", new Exception("no host")));
    assertThat(made).isEqualTo(new KafkaTrouble(Kind.AWAY, "no host"));
    assertThat(made.needsSomebody()).isFalse();
  }

  @Test
  void whatStaysUntilSomebodyActs_hasItsKind_andSaysWhatToDo() {
    assertThat(kind(new SaslAuthenticationException("x"))).isEqualTo(Kind.AUTHENTICATION);
    assertThat(kind(new SslAuthenticationException("x"))).isEqualTo(Kind.AUTHENTICATION);
    assertThat(kind(new ClusterAuthorizationException("x"))).isEqualTo(Kind.AUTHORIZATION);
    assertThat(kind(new TransactionalIdAuthorizationException("x"))).isEqualTo(Kind.AUTHORIZATION);
    assertThat(kind(new RecordTooLargeException("x"))).isEqualTo(Kind.RECORD);
    // as Kafka's client throws them: for a record, a client, a library that is missing
    assertThat(kind(new TimeoutException("x", new UnknownTopicOrPartitionException("x"))))
        .isEqualTo(Kind.TOPIC);
    assertThat(kind(new KafkaException("x", new ConfigException("x"))))
        .isEqualTo(Kind.CONFIGURATION);
    assertThat(kind(new KafkaException(new NoClassDefFoundError("com/github/luben/zstd/X"))))
        .isEqualTo(Kind.CONFIGURATION);
    KafkaTrouble right =
        KafkaTrouble.of(new ExecutionException(new TopicAuthorizationException(Set.of("jobs"))));
    assertThat(right.needsSomebody()).isTrue();
    assertThat(right.words()).contains("jobs", "give the user the rights");
  }

  @Test
  void aRefusal_saysWhatToDo() {
    assertThat(
            KafkaTrouble.refusal(
                new KafkaException(
                    "a transaction failed", new TopicAuthorizationException(Set.of("budgets")))))
        .hasValueSatisfying(words ->
            assertThat(words)
                .contains("does not permit this", "[budgets]", "joulestream topics acl"));
    assertThat(
            KafkaTrouble.refusal(
                new ExecutionException(new SaslAuthenticationException("invalid credentials"))))
        .hasValueSatisfying(words ->
            assertThat(words).contains("who this is: invalid credentials", "--kafka-config"));
    assertThat(KafkaTrouble.refusal(new ExecutionException(new TimeoutException("late"))))
        .isEmpty();
    assertThat(KafkaTrouble.refusal(new ConfigException("x"))).isEmpty();
  }

  @Test
  void onlyARightOfATopic_andAMissingTopic_areOfTheTopic() {
    assertThat(KafkaTrouble.isOfTopic(new TopicAuthorizationException(Set.of("jobs")))).isTrue();
    assertThat(
            KafkaTrouble.isOfTopic(
                new TimeoutException("x", new UnknownTopicOrPartitionException("x"))))
        .isTrue();
    assertThat(KafkaTrouble.isOfTopic(new ClusterAuthorizationException("x"))).isFalse();
    assertThat(KafkaTrouble.isOfTopic(new TimeoutException("x"))).isFalse();
  }
}
