// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.rights;

import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * One operation on one resource of Kafka, or on all whose names begin with a prefix.
 *
 * @param pattern the resource
 * @param operation Kafka's; read, write, delete and alter each include describe
 */
public record Right(ResourcePattern pattern, AclOperation operation) {
  static Right of(ResourceType type, String name, AclOperation operation) {
    return new Right(new ResourcePattern(type, name, PatternType.LITERAL), operation);
  }

  static Right ofPrefix(ResourceType type, String prefix, AclOperation operation) {
    return new Right(new ResourcePattern(type, prefix, PatternType.PREFIXED), operation);
  }

  static Right ofCluster(AclOperation operation) {
    return of(ResourceType.CLUSTER, Resource.CLUSTER_NAME, operation);
  }

  /**
   * The entry of Kafka's access control list that gives it.
   *
   * @param principal as {@code User:agent}
   * @param host address that it may come from, or {@code *}
   */
  public AclBinding binding(String principal, String host) {
    return new AclBinding(
        pattern, new AccessControlEntry(principal, host, operation, AclPermissionType.ALLOW));
  }

  /** The right that an entry gives. */
  public static Right of(AclBinding binding) {
    return new Right(binding.pattern(), binding.entry().operation());
  }

  static String words(ResourceType type) {
    return type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** In words: {@code Read of topic telemetry}. */
  @Override
  public String toString() {
    String type = words(pattern.resourceType());
    String what =
        switch (pattern.resourceType()) {
          case CLUSTER -> "the cluster";
          default ->
              pattern.patternType() == PatternType.PREFIXED
                  ? "each %s that begins with %s".formatted(type, pattern.name())
                  : "%s %s".formatted(type, pattern.name());
        };
    return "%s of %s".formatted(AclScript.word(operation), what);
  }
}
