// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.failure;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.TopicWatch;
import java.util.Optional;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;

/**
 * Failures because a topic that is read was deleted, or has another number of partitions than the
 * state: a thread that takes the place of the one that failed meets the same.
 */
public final class ChangedTopics {
  // of Kafka Streams, which has no type for it
  private static final String INVALID_PARTITIONS = "has invalid partitions";

  private ChangedTopics() {}

  /**
   * The error for the operator, if this is such a failure.
   *
   * @param applicationId the application whose thread failed
   */
  public static Optional<UserError> of(String applicationId, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof MissingSourceTopicException) {
        return Optional.of(
            new UserError(
                "a topic that %s reads was deleted; run: joulestream topics create; %s"
                    .formatted(applicationId, TopicWatch.PAGE),
                failure));
      }
      if (cause instanceof StreamsException && message.contains(INVALID_PARTITIONS)) {
        return Optional.of(
            new UserError(
                "topics of %s have another number of partitions than its state: %s; %s"
                    .formatted(
                        applicationId, message.lines().findFirst().orElse(""), TopicWatch.PAGE),
                failure));
      }
    }
    return Optional.empty();
  }
}
