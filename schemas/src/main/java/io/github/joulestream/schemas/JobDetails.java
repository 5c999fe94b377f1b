// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import java.util.Map;

/**
 * What describes a job besides its id. A text is empty where it is unknown.
 *
 * @param user who pays
 * @param project account or namespace
 * @param name the name that the user gave to the job
 * @param partition queue
 * @param labels anything else, by name
 */
public record JobDetails(
    String user, String project, String name, String partition, Map<String, String> labels) {

  /** Details of a job of which nothing is known. */
  public static final JobDetails NONE = new JobDetails("", "", "", "", Map.of());

  public JobDetails {
    labels = Map.copyOf(labels);
  }

  /** The same partition without user, project, name and labels. */
  public JobDetails withoutNames() {
    return new JobDetails("", "", "", partition, Map.of());
  }

  /**
   * These details with those of a later record: a text that is not empty replaces the one before,
   * labels are merged as in {@link Bounds#mergedLabels}.
   */
  public JobDetails updatedWith(JobDetails later) {
    return new JobDetails(
        later.user.isEmpty() ? user : later.user,
        later.project.isEmpty() ? project : later.project,
        later.name.isEmpty() ? name : later.name,
        later.partition.isEmpty() ? partition : later.partition,
        Bounds.mergedLabels(labels, later.labels));
  }

  /**
   * Checks the length of each text except labels.
   *
   * @throws IllegalArgumentException if a text has more characters than {@code maxCharacters}
   */
  void checkTexts(int maxCharacters) {
    Bounds.text(user, maxCharacters, "user of a job");
    Bounds.text(project, maxCharacters, "project of a job");
    Bounds.text(name, maxCharacters, "name of a job");
    Bounds.text(partition, maxCharacters, "partition of a job");
  }
}
