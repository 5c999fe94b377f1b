// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.rights.Part;
import io.github.joulestream.app.rights.Right;
import io.github.joulestream.schemas.Topic;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What was done on a secured broker until now, held against the rights of the parts: which were not
 * made use of, and what was tried without one.
 */
final class RightsAudit {
  /** Rights to what the course of the test does not reach, or not for certain. */
  private static final Set<String> NOT_REACHED =
      Set.of(
          // an Alertmanager; records that cannot be used
          "alert-sender: Read of group joulestream-alerts-alertmanager",
          "alert-sender: Write of topic dead-letter",
          "slurm-jobs: Write of topic dead-letter",
          "store-writer: Write of topic dead-letter",
          "doctor: Read of topic joulestream-nodes-set-aside-changelog",
          "operator: Read of topic joulestream-nodes-set-aside-changelog",
          // a job that has a summary and no record; a node that is set aside
          "job-hooks: Read of topic job-summary",
          "operator: Write of topic job-summary",
          "operator: Write of topic allocations",
          // an alert that fires, a cap, and ends of quarters of an hour
          "streams: Write of topic alerts",
          "streams: Write of topic cap-advice",
          "streams: Write of topic pool-peak",
          "streams: Write of topic capacity",
          "streams: Write of topic job-quarter-hour",
          // records that are signed
          "streams: Read of topic dead-letter",
          // copies are looked at where there are several brokers
          "doctor: Describe of topic __consumer_offsets",
          "doctor: Describe of topic __transaction_state",
          "doctor: DescribeConfigs of each topic that begins with joulestream-",
          "doctor: DescribeConfigs of topic __consumer_offsets",
          "doctor: DescribeConfigs of topic __transaction_state",
          "setup: Describe of topic __consumer_offsets",
          "setup: Describe of topic __transaction_state",
          "setup: DescribeConfigs of topic __consumer_offsets",
          "setup: DescribeConfigs of topic __transaction_state");

  /** Topics with letters that are written again here: one of the topics that may be refused. */
  static final String REPLAYED = Topic.TELEMETRY.topicName();

  /** The topic whose configuration is changed here: one of all. */
  static final String ALTERED = Topic.DEAD_LETTER.topicName();

  private final Set<RecordingAuthorizer.Use> refused;
  private final SortedSet<String> unused;

  private RightsAudit(Set<RecordingAuthorizer.Use> refused, SortedSet<String> unused) {
    this.refused = refused;
    this.unused = unused;
  }

  /** Of what was done until now. */
  static RightsAudit now() {
    Set<RecordingAuthorizer.Use> refused = new HashSet<>(RecordingAuthorizer.refused());
    // the lag of slurm-jobs, which reads a topic of the plugin's
    refused.removeIf(use ->
        use.principal().equals(SecuredInstallation.user(Part.STORE_WRITER))
            && use.name().equals(SecuredInstallation.SLURM));
    return new RightsAudit(refused, unusedNow());
  }

  void assertNothingWasTriedWithoutTheRightToIt() {
    assertThat(refused).as("tried without the right to it").isEmpty();
  }

  void assertEachRightIsUsed() {
    assertThat(unused).as("rights that nothing needs").isSubsetOf(NOT_REACHED);
  }

  /** Rights of parts that were not made use of. */
  private static SortedSet<String> unusedNow() {
    Set<RecordingAuthorizer.Use> uses = RecordingAuthorizer.permitted();
    SortedSet<String> unused = new TreeSet<>();
    for (Part part : Part.values()) {
      for (Right right :
          part.rights(part == Part.SLURM_JOBS ? List.of(SecuredInstallation.SLURM) : List.of())) {
        if (uses.stream()
            .noneMatch(
                use -> use.principal().equals(SecuredInstallation.user(part)) && is(use, right))) {
          if (!isOfAnotherTopic(part, right)) {
            unused.add(part.label() + ": " + right);
          }
        }
      }
    }
    return unused;
  }

  /** What is done with one topic here is not done with all to which the right is given. */
  private static boolean isOfAnotherTopic(Part part, Right right) {
    String name = right.pattern().name();
    return switch (part) {
      case SETUP -> right.operation() == AclOperation.ALTER_CONFIGS && !name.equals(ALTERED);
      case DEAD_LETTERS ->
          (right.operation() == AclOperation.WRITE || right.operation() == AclOperation.READ)
              && right.pattern().resourceType() == ResourceType.TOPIC
              && !List.of(REPLAYED, Topic.DEAD_LETTER.topicName(), Topic.SCHEMAS.topicName())
                  .contains(name);
      default -> false;
    };
  }

  private static boolean is(RecordingAuthorizer.Use use, Right right) {
    String name = right.pattern().name();
    return use.operation() == right.operation()
        && use.type() == right.pattern().resourceType()
        && (right.pattern().patternType() == PatternType.PREFIXED
            ? use.name().startsWith(name)
            : use.name().equals(name));
  }
}
