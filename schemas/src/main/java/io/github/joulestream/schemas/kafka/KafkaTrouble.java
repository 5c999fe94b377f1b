// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * Why Kafka does not do what a client asks for: whether it passes by itself, as when brokers are
 * away, or stays until somebody acts.
 *
 * @param words what is wrong and, where it does not pass, what to do
 */
public record KafkaTrouble(Kind kind, String words) {
  private static final int MAX_CAUSES = 10;

  /** Kinds of trouble. */
  public enum Kind {
    /** Brokers are away, slow, or change their roles: it passes. */
    AWAY,
    /** Kafka does not accept who this is. */
    AUTHENTICATION,
    /** A right is missing. */
    AUTHORIZATION,
    /** There is no such topic. */
    TOPIC,
    /** Kafka never takes this one record; others it does. */
    RECORD,
    /** A setting with which nothing can be sent, or a library that is missing. */
    CONFIGURATION;

    /** As the value of a metric's label. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Of what a client has thrown, or of what caused it. */
  public static KafkaTrouble of(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
      KafkaTrouble known = known(cause);
      if (known != null) {
        return known;
      }
      cause = cause.getCause();
    }
    // of a client that cannot be made the cause has the reason
    return new KafkaTrouble(
        Kind.AWAY, message(failure.getCause() == null ? failure : failure.getCause()));
  }

  /**
   * What a person is to do about a failure that is, or was caused by, Kafka not accepting who this
   * is, or not permitting what it asks for; empty of any other failure.
   */
  public static Optional<String> refusal(Throwable failure) {
    KafkaTrouble trouble = of(failure);
    return trouble.kind == Kind.AUTHENTICATION || trouble.kind == Kind.AUTHORIZATION
        ? Optional.of(trouble.words)
        : Optional.empty();
  }

  private static @Nullable KafkaTrouble known(Throwable e) {
    String message = message(e);
    return switch (e) {
      case AuthenticationException _ ->
          new KafkaTrouble(
              Kind.AUTHENTICATION,
              "Kafka does not accept who this is: %s; look at user, password and certificates in the file of --kafka-config"
                  .formatted(message));
      case AuthorizationException _ ->
          new KafkaTrouble(
              Kind.AUTHORIZATION,
              "Kafka does not permit this: %s; give the user the rights of its part: joulestream topics acl"
                  .formatted(message));
      case UnknownTopicOrPartitionException _ ->
          new KafkaTrouble(
              Kind.TOPIC,
              "Kafka lacks a topic: %s; run: joulestream topics create".formatted(message));
      case RecordTooLargeException _,
          RecordBatchTooLargeException _,
          InvalidRecordException _,
          InvalidTopicException _ -> // what was in a spool was not of this program
          new KafkaTrouble(Kind.RECORD, "Kafka never takes this record: " + message);
      case ConfigException _,
          UnsupportedCompressionTypeException _,
          UnsupportedForMessageFormatException _,
          UnsupportedVersionException _,
          PolicyViolationException _,
          LinkageError _ ->
          new KafkaTrouble(
              Kind.CONFIGURATION,
              "nothing can be sent with these settings: %s (%s); look at --kafka-config"
                  .formatted(message, e.getClass().getSimpleName()));
      default -> null;
    };
  }

  private static String message(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  /** True if it stays until somebody acts. */
  public boolean needsSomebody() {
    return kind != Kind.AWAY;
  }

  /**
   * True if a failure to send to a topic is about that topic alone, so that records of others can
   * be sent meanwhile.
   */
  public static boolean isOfTopic(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
      if (cause instanceof TopicAuthorizationException
          || cause instanceof UnknownTopicOrPartitionException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
