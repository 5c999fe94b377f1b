// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicOffsetsTest {
  private static final TopicPartition PARTITION = new TopicPartition("telemetry", 0);
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Deque<Optional<Exception>> answers = new ArrayDeque<>();

  /** Offsets of a cluster that answers as stated: by a failure, or with an end. */
  private TopicOffsets offsets(@Nullable Exception... failures) {
    for (Exception failure : failures) {
      answers.add(Optional.ofNullable(failure));
    }
    return new TopicOffsets(
        (Admin)
            Proxy.newProxyInstance(
                Admin.class.getClassLoader(),
                new Class<?>[] {Admin.class},
                (_, method, _) -> {
                  assertThat(method.getName()).isEqualTo("listOffsets");
                  return new ListOffsetsResult(Map.of(PARTITION, answer()));
                }));
  }

  private KafkaFuture<ListOffsetsResultInfo> answer() {
    KafkaFutureImpl<ListOffsetsResultInfo> future = new KafkaFutureImpl<>();
    answers
        .remove()
        .ifPresentOrElse(
            future::completeExceptionally,
            () -> future.complete(new ListOffsetsResultInfo(0, 0, Optional.empty())));
    return future;
  }

  @Test
  void aBrokerThatDoesNotKnowANewTopicYet_isAskedAgain() throws Exception {
    Exception unknown = new UnknownTopicOrPartitionException("unknown");
    offsets(unknown, unknown, null).awaitLeaders(List.of(PARTITION), LIMIT);
    assertThat(answers).isEmpty();
  }

  @Test
  void anotherFailure_isThrownAtOnce() {
    TopicOffsets offsets = offsets(new ClusterAuthorizationException("no"), null);
    assertThatThrownBy(() -> offsets.awaitLeaders(List.of(PARTITION), LIMIT))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ClusterAuthorizationException.class);
    assertThat(answers).hasSize(1);
  }

  @Test
  void aTopicThatStaysUnknown_isThrownAfterTheLimit() {
    TopicOffsets offsets = offsets(new UnknownTopicOrPartitionException("unknown"), null);
    assertThatThrownBy(() -> offsets.awaitLeaders(List.of(PARTITION), Duration.ofMillis(-1)))
        .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    assertThat(answers).hasSize(1);
  }
}
