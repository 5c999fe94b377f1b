// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.order;

import io.github.joulestream.runtime.SmallFile;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * What nobody measures about sites, from a YAML file: under {@code sites}, by site, its {@code
 * zone} and under {@code eed} the values that operators type in. Nodes are read instead of values,
 * because only they know their lines.
 */
public final class SiteFile {
  /** No file. */
  public static final SiteFile NONE =
      new SiteFile(new TreeSet<>(), new TreeMap<>(), new TreeMap<>());

  private static final int MAX_CHARACTERS = 1 << 20;

  private final SortedSet<String> names;
  private final SortedMap<String, ZoneId> zones;
  private final SortedMap<String, Map<String, String>> typedIn;

  private SiteFile(
      SortedSet<String> names,
      SortedMap<String, ZoneId> zones,
      SortedMap<String, Map<String, String>> typedIn) {
    this.names = Collections.unmodifiableSortedSet(names);
    this.zones = Collections.unmodifiableSortedMap(zones);
    this.typedIn = Collections.unmodifiableSortedMap(typedIn);
  }

  /** Checks a value that is typed in. */
  public interface Check {
    /**
     * What is wrong with it, as a sentence without its name; null if nothing is.
     *
     * @param name key under {@code eed}
     */
    @Nullable String wrong(String name, String value);
  }

  /**
   * Reads a file.
   *
   * @param check of each value under {@code eed}
   * @param errors gets one line for each thing that is wrong, with file and line
   * @return what the file has; of use only if there is no error
   * @throws UserError if the file cannot be read, or is no YAML
   */
  public static SiteFile read(Path file, Check check, List<String> errors) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setCodePointLimit(MAX_CHARACTERS).build();
    Node root;
    try (Reader reader = SmallFile.namedReader(file)) {
      root = new Compose(settings).composeReader(reader).orElse(null);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new UserError("%s:%d: not YAML: %s".formatted(file, line, e.getProblem()), e);
    } catch (IOException | YamlEngineException e) {
      throw new UserError("cannot read the site file %s: %s".formatted(file, e.getMessage()), e);
    }
    Reading reading = new Reading(file, check, errors);
    reading.document(root);
    return new SiteFile(reading.names, reading.zones, reading.typedIn);
  }

  /** Sites that it has. */
  public SortedSet<String> names() {
    return names;
  }

  /** Zones by site. */
  public SortedMap<String, ZoneId> zones() {
    return zones;
  }

  /** Values by site and name. */
  public SortedMap<String, Map<String, String>> typedIn() {
    return typedIn;
  }

  /** A file while it is read. */
  private static final class Reading {
    private final Path file;
    private final Check check;
    private final List<String> errors;
    private final SortedSet<String> names = new TreeSet<>();
    private final SortedMap<String, ZoneId> zones = new TreeMap<>();
    private final SortedMap<String, Map<String, String>> typedIn = new TreeMap<>();

    Reading(Path file, Check check, List<String> errors) {
      this.file = file;
      this.check = check;
      this.errors = errors;
    }

    void document(@Nullable Node root) {
      List<NodeTuple> keys =
          root == null
              ? List.of()
              : entries(root, "a site file begins with 'sites:' and has the sites under it");
      if (root == null) {
        error(1, "the file is empty; it begins with 'sites:' and has the sites under it");
      }
      for (NodeTuple key : keys) {
        String name = text(key.getKeyNode());
        if (!name.equals("sites")) {
          error(line(key.getKeyNode()), "unknown key '%s'; known is 'sites'".formatted(name));
          continue;
        }
        for (NodeTuple site : entries(key.getValueNode(), "'sites' has sites by their names")) {
          site(text(site.getKeyNode()), site.getValueNode());
        }
      }
    }

    private void site(String site, Node node) {
      names.add(site);
      for (NodeTuple key : entries(node, "site %s has keys, 'zone' or 'eed'".formatted(site))) {
        String name = text(key.getKeyNode());
        switch (name) {
          case "zone" -> zone(site, key.getValueNode());
          case "eed" -> values(site, key.getValueNode());
          default ->
              error(
                  line(key.getKeyNode()),
                  "unknown key '%s' of site %s; known are 'zone' and 'eed'".formatted(name, site));
        }
      }
    }

    private void zone(String site, Node node) {
      try {
        zones.put(site, ZoneId.of(text(node)));
      } catch (DateTimeException e) {
        error(
            line(node),
            "'%s' is not a time zone such as Europe/Berlin or UTC".formatted(text(node)));
      }
    }

    private void values(String site, Node node) {
      Map<String, String> values = new TreeMap<>();
      for (NodeTuple entry :
          entries(node, "'eed' of site %s has names and values".formatted(site))) {
        String name = text(entry.getKeyNode());
        if (!(entry.getValueNode() instanceof ScalarNode value)) {
          error(line(entry.getValueNode()), "'%s' takes one value".formatted(name));
          continue;
        }
        String wrong = check.wrong(name, value.getValue());
        if (wrong != null) {
          error(line(entry.getKeyNode()), "'%s' of site %s: %s".formatted(name, site, wrong));
        }
        values.put(name, value.getValue());
      }
      typedIn.put(site, Collections.unmodifiableMap(values));
    }

    /** Entries of a mapping without those that are there twice; what else it is, is an error. */
    private List<NodeTuple> entries(Node node, String expected) {
      if (!(node instanceof MappingNode mapping)) {
        error(line(node), expected);
        return List.of();
      }
      Set<String> seen = new HashSet<>();
      List<NodeTuple> entries = new ArrayList<>();
      for (NodeTuple entry : mapping.getValue()) {
        String name = text(entry.getKeyNode());
        if (seen.add(name)) {
          entries.add(entry);
        } else {
          error(line(entry.getKeyNode()), "'%s' is there twice".formatted(name));
        }
      }
      return entries;
    }

    private void error(int line, String message) {
      errors.add("%s:%d: %s".formatted(file, line, message));
    }

    private static String text(Node node) {
      return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static int line(Node node) {
      return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }
  }
}
