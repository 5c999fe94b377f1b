// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import java.util.Optional;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/** What a person is to do where Kafka does not know a user, or does not permit what it asks for. */
public final class KafkaRefusal {
  private static final int MAX_CAUSES = 10;

  private KafkaRefusal() {}

  /** A sentence about a failure that is, or was caused by, a refusal of Kafka; else empty. */
  public static Optional<String> words(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
      if (cause instanceof AuthenticationException) {
        return Optional.of(
            "Kafka does not accept who this is: %s; look at user, password and certificates in the file of --kafka-config"
                .formatted(cause.getMessage()));
      }
      if (cause instanceof AuthorizationException) {
        return Optional.of(
            "Kafka does not permit this: %s; give the user the rights of its part: joulestream topics acl"
                .formatted(cause.getMessage()));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }
}
