// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridSeries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files in the form in which each provider publishes them, of made-up values. */
final class FeedSamples {
  static final long NOW = 1_793_000_000_000L;
  static final FeedOptions OPTIONS = FeedOptions.of("dc1", NOW);

  private FeedSamples() {}

  static FeedFile read(String name) {
    return read(name, OPTIONS);
  }

  static FeedFile read(String name, FeedOptions options) {
    return new FeedReader(options).read(Path.of("src/test/resources/feed", name));
  }

  /** Reads a file of this text. */
  static FeedFile of(Path folder, String text, FeedOptions options) {
    try {
      return new FeedReader(options)
          .read(Files.write(folder.resolve("feed"), text.getBytes(UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code 2026-10-18T00:00Z 2026-10-18T01:00Z 0.0815 EUR/kWh MEASURED}. */
  static List<String> values(FeedFile file, String series) {
    return intervals(file).stream()
        .filter(interval -> interval.series().equals(GridSeries.parse(series)))
        .map(interval ->
            "%s %s %s %s %s"
                .formatted(
                    KeptText.time(interval.from()),
                    KeptText.time(interval.to()),
                    KeptText.value(interval),
                    KeptText.unit(interval),
                    interval.quality()))
        .toList();
  }

  static List<GridInterval> intervals(FeedFile file) {
    return file.entries().stream().map(FeedEntry::interval).toList();
  }

  static List<String> series(FeedFile file) {
    return intervals(file).stream()
        .map(interval -> interval.series().text())
        .distinct()
        .sorted()
        .toList();
  }

  static List<String> refusals(FeedFile file) {
    return file.refusals().stream().map(FeedRefusal::text).toList();
  }
}
