// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import java.util.List;

/**
 * A user of the simulated site, with habits.
 *
 * @param projects the first one most of the time
 * @param weight share of the jobs, of all weights
 * @param shapes weights of the shapes, in their order
 * @param durations times as long as others' jobs
 * @param level times as much power as others' jobs of a kind
 * @param failing share of the jobs that fail
 * @param cancelling share of the jobs that are cancelled
 */
record User(
    String name,
    List<String> projects,
    int weight,
    List<Integer> shapes,
    double durations,
    double level,
    double failing,
    double cancelling) {

  /** Everybody. Shapes: training, inference, fine-tuning, held idle. */
  static final List<User> ALL =
      List.of(
          new User(
              "ada", List.of("language", "vision"), 20, List.of(8, 1, 1, 0), 1.8, 1.1, 0.05, 0.02),
          new User(
              "grace", List.of("language", "speech"), 16, List.of(1, 8, 1, 0), 1.4, 1, 0.02, 0.02),
          new User(
              "emmy", List.of("protein", "climate"), 14, List.of(6, 1, 3, 0), 1, 1.05, 0.06, 0.03),
          new User(
              "lise", List.of("climate", "protein"), 14, List.of(1, 0, 8, 1), 0.6, 0.9, 0.08, 0.02),
          new User(
              "chien-shiung",
              List.of("vision", "language"),
              12,
              List.of(3, 1, 5, 1),
              0.5,
              1,
              0.2,
              0.05),
          new User(
              "maria", List.of("speech", "language"), 10, List.of(4, 4, 2, 0), 1, 0.95, 0.05, 0.02),
          new User(
              "rosalind",
              List.of("protein", "climate"),
              8,
              List.of(1, 1, 2, 6),
              1,
              0.85,
              0.04,
              0.08),
          new User(
              "vera", List.of("vision", "speech"), 6, List.of(4, 2, 2, 2), 0.8, 0.9, 0.12, 0.12));
}
