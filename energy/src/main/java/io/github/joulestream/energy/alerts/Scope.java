// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.DeviceKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a budget is for, or what an alert is about, within a site. As text {@code site}, {@code
 * rack=r12}, {@code project=physics}, {@code kind=gpu}; see {@link #parse}.
 *
 * @param label with {@link Kind#NODES} the name of the nodes' label, such as {@code rack}; else
 *     empty
 * @param name the label's value, or the project, user, job, kind, node or device; empty for the
 *     whole site
 */
public record Scope(Kind kind, String label, String name) {
  private static final Set<String> TAKEN =
      Set.of("site", "project", "user", "job", "kind", "node", "device");

  /** The whole site. */
  public static final Scope SITE = new Scope(Kind.SITE, "", "");

  /** Sorts of scopes. */
  public enum Kind {
    SITE,
    /** Nodes with a label of a certain value: a rack, a row. */
    NODES,
    PROJECT,
    USER,
    JOB,
    /** All devices of one {@link DeviceKind}. */
    KIND,
    /** One node; of alerts, not of budgets. */
    NODE,
    /** One device of a node, as {@code node/device}; of alerts, not of budgets. */
    DEVICE
  }

  /**
   * A scope.
   *
   * @throws IllegalArgumentException with one line for a person if there is no such scope
   */
  public Scope {
    if (kind == Kind.SITE ? !name.isEmpty() : name.isEmpty()) {
      throw new IllegalArgumentException(
          kind == Kind.SITE
              ? "the scope site has no name: " + Bounds.shown(name)
              : "the scope " + lower(kind) + " has no name");
    }
    if (kind == Kind.NODES ? label.isEmpty() : !label.isEmpty()) {
      throw new IllegalArgumentException(
          "a label of nodes, and only that, has a name: " + Bounds.shown(label));
    }
    if (TAKEN.contains(label)) {
      throw new IllegalArgumentException("a label of nodes cannot be called " + label);
    }
    if (kind == Kind.NODES ? !isLabel(label, name) : kind != Kind.SITE && !isName(name)) {
      throw new IllegalArgumentException(
          "a scope's text has at most %d characters, none of them a control character: %s"
              .formatted(
                  Bounds.NAME_CHARACTERS,
                  Bounds.shown(Bounds.isName(label) || label.isEmpty() ? name : label)));
    }
    if (kind == Kind.KIND) {
      deviceKind(name);
    }
  }

  /** True if there can be a scope of that name. */
  public static boolean isName(String name) {
    return Bounds.isName(name);
  }

  /** True if there can be a scope of nodes with that label. */
  public static boolean isLabel(String label, String value) {
    return isName(label) && label.indexOf('=') < 0 && !TAKEN.contains(label) && isName(value);
  }

  public static Scope nodes(String label, String value) {
    return new Scope(Kind.NODES, label, value);
  }

  public static Scope job(String job) {
    return new Scope(Kind.JOB, "", job);
  }

  public static Scope project(String project) {
    return new Scope(Kind.PROJECT, "", project);
  }

  public static Scope user(String user) {
    return new Scope(Kind.USER, "", user);
  }

  public static Scope kind(DeviceKind kind) {
    return new Scope(Kind.KIND, "", kind.name().toLowerCase(Locale.ROOT));
  }

  public static Scope node(String node) {
    return new Scope(Kind.NODE, "", node);
  }

  public static Scope device(String node, String device) {
    return new Scope(Kind.DEVICE, "", node + "/" + device);
  }

  /**
   * The scope of this text: {@code site}, {@code project=P}, {@code user=U}, {@code job=J}, {@code
   * kind=gpu}, {@code node=N}, {@code device=N/D}, or else {@code LABEL=VALUE} of nodes.
   *
   * @throws IllegalArgumentException with one line for a person if it is none of these
   */
  public static Scope parse(String text) {
    if (text.equals("site")) {
      return SITE;
    }
    int equals = text.indexOf('=');
    if (equals <= 0 || equals == text.length() - 1) {
      throw new IllegalArgumentException(
          "unknown scope %s: it is site, project=P, user=U, job=J, kind=gpu, or a label of nodes such as rack=r12"
              .formatted(Bounds.shown(text)));
    }
    String left = text.substring(0, equals);
    String name = text.substring(equals + 1);
    return TAKEN.contains(left)
        ? new Scope(Kind.valueOf(left.toUpperCase(Locale.ROOT)), "", name)
        : nodes(left, name);
  }

  /** As {@link #parse} reads it. */
  public String text() {
    return switch (kind) {
      case SITE -> "site";
      case NODES -> label + "=" + name;
      default -> lower(kind) + "=" + name;
    };
  }

  /** With {@link Kind#KIND}: the kind of devices. */
  public DeviceKind deviceKind() {
    return deviceKind(name);
  }

  private static DeviceKind deviceKind(String name) {
    return Arrays.stream(DeviceKind.values())
        .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown kind of device %s: it is one of %s"
                    .formatted(
                        Bounds.shown(name),
                        Arrays.stream(DeviceKind.values())
                            .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", ")))));
  }

  private static String lower(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
