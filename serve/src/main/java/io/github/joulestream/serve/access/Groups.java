// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Projects and roles of users, out of a file with a line a user: {@code user=alice projects=p1,p2
 * role=manager}. They come on top of what a token or a header says. The file is read again when it
 * changes.
 */
final class Groups {
  private static final Set<String> KEYS = new TreeSet<>(Set.of("user", "projects", "role"));

  /** What a line grants. */
  private record Grant(Role role, List<String> projects) {}

  private final WatchedFile<Map<String, Grant>> file;

  /**
   * Reads the file.
   *
   * @throws UserError if it cannot be read, or a line is wrong
   */
  Groups(Path path, NanoClock clock) {
    this.file = new WatchedFile<>(path, Groups::parse, _ -> Map.of(), clock);
  }

  private static Map<String, Grant> parse(String text, List<String> wrong) {
    Map<String, Grant> grants = new TreeMap<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (!Words.isComment(line)) {
        try {
          Words words = new Words(line, KEYS);
          Grant grant = new Grant(words.role(Role.USER), words.list("projects"));
          if (grants.putIfAbsent(words.require("user"), grant) != null) {
            throw new IllegalArgumentException("the user has a line already");
          }
        } catch (IllegalArgumentException e) {
          wrong.add("line %d: %s".formatted(number, e.getMessage()));
        }
      }
    }
    return grants;
  }

  /** The viewer with what the file grants them. */
  Viewer with(Viewer viewer) {
    Grant grant = viewer.name().isEmpty() ? null : file.current().get(viewer.name());
    return grant == null ? viewer : AccessSettings.with(viewer, grant.role(), grant.projects());
  }
}
