// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.http.Cursor;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.live.LiveJob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Order of a list of jobs: by a figure, those without it below all others; then by site and id.
 *
 * @param descending the largest first
 */
record JobOrder(By by, boolean descending) {
  /** Parts of a {@link Cursor}: the figure, site and id. */
  static final int KEYS = 3;

  /** What jobs are sorted by. */
  enum By {
    POWER("power"),
    ENERGY("energy"),
    START("start"),
    HELD_IDLE("heldIdle");

    private final String word;

    By(String word) {
      this.word = word;
    }

    long of(KnownJob job) {
      return switch (this) {
        case POWER -> Objects.requireNonNullElse(job.milliwatts(), -1L);
        case ENERGY -> job.millijoules();
        case START -> Objects.requireNonNullElse(job.start(), -1L);
        case HELD_IDLE -> job.heldIdleMillijoules();
      };
    }
  }

  /** Parameter {@code sort}: {@code -power}. */
  static JobOrder of(Parameters parameters) throws Problem {
    List<String> words = new ArrayList<>();
    for (By by : By.values()) {
      words.add(by.word);
      words.add("-" + by.word);
    }
    String word = parameters.word("sort", "-power", words);
    By found = By.POWER;
    for (By by : By.values()) {
      if (word.endsWith(by.word)) {
        found = by;
      }
    }
    return new JobOrder(found, word.startsWith("-"));
  }

  /** Whether it is the order of {@link LiveJob#BY_POWER}, of the jobs of a site. */
  boolean isByPower() {
    return by == By.POWER && descending;
  }

  /** First places first. */
  Comparator<Place> ofPlaces() {
    Comparator<Place> byFigure = Comparator.comparingLong(Place::figure);
    return (descending ? byFigure.reversed() : byFigure)
        .thenComparing(Place::site)
        .thenComparing(Place::job);
  }

  /** Where a job is in this order. */
  Place place(KnownJob job) {
    return new Place(by.of(job), job.site(), job.job());
  }

  /** The place of a cursor. */
  static Place place(Cursor cursor) throws Problem {
    try {
      List<String> keys = cursor.keys();
      return new Place(Long.parseLong(keys.get(0)), keys.get(1), keys.get(2));
    } catch (NumberFormatException e) {
      Problem problem = Problem.parameter(Cursor.NAME, "it is none of this list");
      problem.addSuppressed(e);
      throw problem;
    }
  }

  /** A place in the order. */
  record Place(long figure, String site, String job) {
    String[] keys() {
      return new String[] {Long.toString(figure), site, job};
    }
  }
}
