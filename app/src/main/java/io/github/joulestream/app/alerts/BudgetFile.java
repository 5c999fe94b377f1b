// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.alerts;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.runtime.SmallFile;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Keys;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Budgets of a YAML file: a list under {@code budgets}, each with the keys of {@link BudgetText}.
 * Nodes are read instead of values, because only they know their lines.
 */
public final class BudgetFile {
  private static final int MAX_CHARACTERS = 64 << 20;

  private final Path file;
  private final List<String> errors = new ArrayList<>();

  /** By key of the topic, in the order of the file. */
  private final Map<String, Placed> budgets = new LinkedHashMap<>();

  /**
   * @param line of the file, from 1
   */
  private record Placed(Budget budget, int line) {}

  private BudgetFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @param existing budgets that are in force; one of the same site and name is replaced
   * @return the file's budgets, or none of them: see {@link #errors}
   * @throws UserError if the file cannot be read, or is no YAML
   */
  public static BudgetFile read(Path file, Iterable<Budget> existing) {
    BudgetFile read = new BudgetFile(file);
    read.document();
    read.overlaps(existing);
    return read;
  }

  /** One line for each thing that is wrong, budgets for the same last; none if all is well. */
  public List<String> errors() {
    return List.copyOf(errors);
  }

  public List<Budget> budgets() {
    return budgets.values().stream().map(Placed::budget).toList();
  }

  private void document() {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setCodePointLimit(MAX_CHARACTERS).build();
    Optional<Node> root;
    try (Reader reader = SmallFile.namedReader(file)) {
      root = new Compose(settings).composeReader(reader);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new UserError("%s:%d: not YAML: %s".formatted(file, line, e.getProblem()), e);
    } catch (IOException | YamlEngineException e) {
      throw new UserError("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
    Node list = root.map(this::list).orElse(null);
    if (!(list instanceof SequenceNode sequence)) {
      error(
          list == null ? 1 : line(list),
          "a file of budgets begins with 'budgets:' and has a list of them under it");
      return;
    }
    sequence.getValue().forEach(this::budget);
  }

  private @Nullable Node list(Node root) {
    if (root instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (text(tuple.getKeyNode()).equals("budgets")) {
          return tuple.getValueNode();
        }
      }
    }
    return null;
  }

  private void budget(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      error(line(node), "a budget has keys and values, such as name, site, scope, power");
      return;
    }
    Map<String, String> values = new HashMap<>();
    Map<String, Integer> lines = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = text(tuple.getKeyNode());
      lines.put(key, line(tuple.getKeyNode()));
      if (values.put(key, text(tuple.getValueNode(), key.equals("schedule") ? ";" : ",")) != null) {
        error(line(tuple.getKeyNode()), "'%s' is there twice".formatted(key));
      }
    }
    try {
      Budget budget = BudgetText.parse(values);
      Placed before =
          budgets.putIfAbsent(
              Keys.budget(budget.site(), budget.id()), new Placed(budget, line(node)));
      if (before != null) {
        error(
            line(node),
            "site %s has a budget %s in line %d already"
                .formatted(budget.site(), budget.id(), before.line));
      }
    } catch (BudgetText.Wrong e) {
      error(lines.getOrDefault(e.key(), line(node)), String.valueOf(e.getMessage()));
    }
  }

  private static String text(Node node) {
    return text(node, ",");
  }

  /** A scalar as it is written; of a list its elements with this between them. */
  private static String text(Node node, String separator) {
    return switch (node) {
      case ScalarNode scalar -> scalar.getValue();
      case SequenceNode sequence -> {
        List<String> elements = new ArrayList<>();
        sequence.getValue().forEach(element -> elements.add(text(element)));
        yield String.join(separator, elements);
      }
      default -> "";
    };
  }

  /** Of budgets for the same, only one can be in force. */
  private void overlaps(Iterable<Budget> existing) {
    Map<List<Object>, Placed> byWhat = new HashMap<>();
    for (Budget budget : existing) {
      if (!budgets.containsKey(Keys.budget(budget.site(), budget.id()))) {
        byWhat.put(what(budget), new Placed(budget, 0));
      }
    }
    for (Placed placed : budgets.values()) {
      Placed other = byWhat.putIfAbsent(what(placed.budget), placed);
      if (other != null) {
        error(
            placed.line,
            overlap(placed.budget, other.budget)
                + (other.line == 0 ? "" : " (line %d)".formatted(other.line)));
      }
    }
  }

  private static List<Object> what(Budget budget) {
    return List.of(budget.site(), budget.scope(), budget.quantity());
  }

  /** The message for two budgets of the same scope and quantity. */
  public static String overlap(Budget budget, Budget other) {
    return "budget %s is for the same as budget %s: %s of %s at site %s; change that one, or remove it first"
        .formatted(
            budget.id(),
            other.id(),
            budget.quantity().isEnergy() ? "the energy" : "the power",
            budget.scope().text(),
            budget.site());
  }

  private void error(int line, String message) {
    errors.add("%s:%d: %s".formatted(file, line, message));
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }
}
