// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.github.joulestream.runtime.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where log lines go: our own warnings to stderr, and everything from INFO up into the file of the
 * data folder where there is one. With {@code --verbose} more of it goes to stderr.
 */
public final class Logging {
  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level [%thread] %logger{30} %msg%n%ex";

  private static final String SHORT_PATTERN = "%d{\"yyyy-MM-dd'T'HH:mm:ss'Z'\", UTC} %msg%n%ex";

  private static final List<String> CONFIGURATIONS =
      List.of(
          "kafka.server.KafkaConfig",
          "org.apache.kafka.clients.admin.AdminClientConfig",
          "org.apache.kafka.clients.consumer.ConsumerConfig",
          "org.apache.kafka.clients.producer.ProducerConfig",
          "org.apache.kafka.streams.StreamsConfig",
          "org.apache.kafka.common.config.AbstractConfig");

  private Logging() {}

  /** Before anything is logged. */
  public static void start(boolean verbose) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    // each client's whole configuration, at every start
    for (String name : CONFIGURATIONS) {
      context.getLogger(name).setLevel(Level.WARN);
    }
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setTarget("System.err");
    prepare(console, context, verbose ? PATTERN : SHORT_PATTERN);
    if (verbose) {
      root.addAppender(console);
      return;
    }
    // what libraries warn of is for the file; what they cannot do surfaces as an error of ours
    ThresholdFilter warnings = new ThresholdFilter();
    warnings.setLevel("WARN");
    warnings.start();
    console.addFilter(warnings);
    context.getLogger("io.github.joulestream").addAppender(console);
  }

  /**
   * From now on everything also goes into this file, which the user alone can read if it is new.
   *
   * @throws IOException if it cannot be made, or there is something else, such as a link
   */
  public static void alsoTo(Path file) throws IOException {
    PrivateFiles.ensure(file);
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file.toString());
    appender.setAppend(true);
    prepare(appender, context, PATTERN);
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  /** Closes files. */
  public static void stop() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  private static void prepare(
      OutputStreamAppender<ILoggingEvent> appender, LoggerContext context, String pattern) {
    ShownLayout layout = new ShownLayout();
    layout.setContext(context);
    layout.setPattern(pattern);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
  }
}
