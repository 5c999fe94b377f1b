// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.rights;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Resources of one type on which a part may do the same: a line for people and for scripts.
 *
 * @param names of the resources, in the order in which the part has them
 */
public record SameOperations(
    ResourceType type,
    PatternType pattern,
    SortedSet<AclOperation> operations,
    List<String> names) {
  private record Kind(ResourceType type, PatternType pattern, SortedSet<AclOperation> operations) {}

  /** All rights, grouped. */
  public static List<SameOperations> of(Collection<Right> rights) {
    Map<ResourcePattern, SortedSet<AclOperation>> byResource = new LinkedHashMap<>();
    for (Right right : rights) {
      byResource.computeIfAbsent(right.pattern(), _ -> new TreeSet<>()).add(right.operation());
    }
    Map<Kind, List<String>> byKind = new LinkedHashMap<>();
    byResource.forEach((resource, operations) ->
        byKind
            .computeIfAbsent(
                new Kind(resource.resourceType(), resource.patternType(), operations),
                _ -> new ArrayList<>())
            .add(resource.name()));
    List<SameOperations> all = new ArrayList<>();
    byKind.forEach((kind, names) ->
        all.add(new SameOperations(kind.type, kind.pattern, kind.operations, List.copyOf(names))));
    return all;
  }

  /** In words: {@code topic}, {@code transactional id}, {@code cluster}. */
  public String typeInWords() {
    return Right.words(type);
  }
}
