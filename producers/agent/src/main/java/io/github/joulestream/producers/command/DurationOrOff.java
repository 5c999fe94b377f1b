// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.command;

import io.github.joulestream.cli.Durations;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;

/** A duration, or {@code off}, which is zero. */
final class DurationOrOff implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    return text.strip().equals("off") ? Duration.ZERO : Durations.parse(text);
  }
}
