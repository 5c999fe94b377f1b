// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A chassis as its controller describes it (Redfish Chassis; of iLO 4 also the form before it).
 *
 * @param path of the resource
 * @param type ChassisType, or empty
 * @param systems the computers that it holds, by path
 * @param within chassis that it is in, by its links
 * @param holds chassis in it, by its links
 * @param power resources that may have its power, best first
 */
record RedfishChassis(
    String path,
    String type,
    Set<String> systems,
    Set<String> within,
    Set<String> holds,
    List<String> power) {
  private static final Set<String> WHOLE_TYPES =
      Set.of("RackMount", "StandAlone", "Blade", "Sled", "Drawer");
  private static final Set<String> LARGE_TYPES = Set.of("Rack", "Row", "Pod", "Shelf", "Enclosure");
  private static final Set<String> PART_TYPES =
      Set.of(
          "Module",
          "Component",
          "Zone",
          "Card",
          "Cartridge",
          "Expansion",
          "Sidecar",
          "StorageEnclosure",
          "IPBasedDrive",
          "HeatExchanger",
          "PowerStrip",
          "ImmersionTank");
  // of one kind in one resource; the answers of a controller must not cost more than they are worth
  private static final int MAX_LINKS = 256;
  // NVIDIA's HGX baseboard, which a server's controller shows beside the server
  private static final String BASEBOARD = "HGX_";

  /** How likely a chassis is the node itself. */
  enum Rank {
    /** Of a server's form, with its computer. */
    SERVER,
    /** With a computer. */
    COMPUTER,
    /** Of a server's form. */
    FORM,
    /** Nothing speaks for it or against it. */
    UNKNOWN,
    /** A rack or enclosure without a computer. */
    LARGE,
    /** Not the node. */
    NEVER
  }

  /** Reads its description; a null node if there is none. */
  static RedfishChassis of(String path, JsonNode described) {
    JsonNode links = described.has("Links") ? described.path("Links") : described.path("links");
    List<String> power = new ArrayList<>();
    for (JsonNode at :
        List.of(
            described.path("EnvironmentMetrics"),
            described.path("Power"),
            links.path("PowerMetrics"),
            links.path("Power"))) {
      power.addAll(linksOf(at));
    }
    if (power.isEmpty()) {
      String folder = RedfishClient.withoutSlash(path);
      power.add(folder + "/EnvironmentMetrics");
      power.add(folder + "/Power");
    }
    Set<String> within = linksOf(links.path("ContainedBy"));
    return new RedfishChassis(
        path,
        described.path("ChassisType").asText(""),
        linksOf(links.path("ComputerSystems")),
        within,
        linksOf(links.path("Contains")),
        List.copyOf(power));
  }

  /** The links of a node, be it one or an array of them; without slashes at their end. */
  static Set<String> linksOf(JsonNode node) {
    Set<String> links = new LinkedHashSet<>();
    for (JsonNode at : node.isArray() ? node : List.of(node)) {
      String link = at.path("@odata.id").asText(at.path("href").asText(""));
      if (links.size() == MAX_LINKS) {
        break;
      }
      if (!link.isEmpty() && link.length() <= RedfishClient.MAX_LINK) {
        links.add(link);
      }
    }
    return links;
  }

  /** {@code Self} of {@code /redfish/v1/Chassis/Self/}. */
  String id() {
    return idOf(path);
  }

  static String idOf(String path) {
    String folder = RedfishClient.withoutSlash(path);
    return folder.substring(folder.lastIndexOf('/') + 1);
  }

  private boolean isIn(RedfishChassis other) {
    return !same(path, other.path)
        && (within.stream().anyMatch(link -> same(link, other.path))
            || other.holds.stream().anyMatch(link -> same(link, path)));
  }

  private static boolean same(String link, String other) {
    return RedfishClient.withoutSlash(link).equals(RedfishClient.withoutSlash(other));
  }

  /** The computers in it and in what it holds; baseboards are no computers. */
  private Set<String> computers(Collection<RedfishChassis> all) {
    Set<String> computers = new LinkedHashSet<>();
    for (RedfishChassis chassis : all) {
      if (chassis.equals(this) || chassis.isIn(this)) {
        chassis.systems.stream()
            .map(RedfishClient::withoutSlash)
            .filter(system -> !idOf(system).startsWith(BASEBOARD))
            .forEach(computers::add);
      }
    }
    return computers;
  }

  /** The computers of all chassis that may be the node, by path. */
  static Set<String> computersOfCandidates(Collection<RedfishChassis> all) {
    Set<String> computers = new LinkedHashSet<>();
    for (RedfishChassis chassis : all) {
      if (chassis.rank(all) != Rank.NEVER) {
        computers.addAll(chassis.computers(all));
      }
    }
    return computers;
  }

  /** True if it, or what is in it, holds this computer. */
  boolean isOf(String computer, Collection<RedfishChassis> all) {
    return computers(all).contains(computer);
  }

  /** What it is among all chassis of its controller. */
  Rank rank(Collection<RedfishChassis> all) {
    if (!whyNever(all).isEmpty()) {
      return Rank.NEVER;
    }
    boolean form = WHOLE_TYPES.contains(type);
    if (!systems.isEmpty()) {
      return form ? Rank.SERVER : Rank.COMPUTER;
    }
    return form ? Rank.FORM : LARGE_TYPES.contains(type) ? Rank.LARGE : Rank.UNKNOWN;
  }

  /** Why it cannot be the node, in words; empty if it may be. */
  String whyNever(Collection<RedfishChassis> all) {
    if (computers(all).size() > 1) {
      return "it holds %d computers".formatted(computers(all).size());
    }
    if (id().startsWith(BASEBOARD)) {
      return "the baseboard of the GPUs or a component of it, not the node";
    }
    if (PART_TYPES.contains(type)) {
      return "of the type %s: a component, not the node".formatted(type);
    }
    for (RedfishChassis other : all) {
      if (isIn(other)
          && other.computers(all).size() <= 1
          && !PART_TYPES.contains(other.type)
          && (WHOLE_TYPES.contains(other.type) || !other.systems.isEmpty())) {
        return "a component of chassis %s".formatted(other.id());
      }
    }
    return "";
  }

  /** True if it and another one are of different computers by their links. */
  boolean isOfAnotherComputer(RedfishChassis other) {
    return !systems.isEmpty()
        && !other.systems.isEmpty()
        && systems.stream()
            .noneMatch(system -> other.systems.stream().anyMatch(link -> same(link, system)));
  }
}
