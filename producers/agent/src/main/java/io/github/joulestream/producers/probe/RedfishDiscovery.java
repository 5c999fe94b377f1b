// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.joulestream.producers.probe.RedfishChassis.Rank;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the chassis whose power is the node's, by following a controller's links. Of several it is
 * the system's own: by its type, its computer, and what is contained in what; not the first. Of
 * several computers it is the one with this machine's UUID. One of a lower rank is not taken in
 * place of a better one that gives no reading now.
 */
final class RedfishDiscovery {
  private static final String ROOT = "/redfish/v1/";
  private static final List<String> COLLECTIONS =
      List.of("/redfish/v1/Chassis", "/rest/v1/Chassis");
  private static final int MAX_CHASSIS = 128;
  private static final int MAX_PAGES = 128;
  // a resource may name another one that has the power, and that one another
  private static final int MAX_SOURCES = 16;

  private final RedfishClient client;
  private final NodeUuid own;
  private final List<String> notTaken = new ArrayList<>();

  /**
   * What was found.
   *
   * @param chassis the node's
   * @param reading of its power
   * @param why it is the node's, in words
   * @param notTaken what else there is, and why it is not taken
   */
  record Found(RedfishChassis chassis, RedfishReading reading, String why, List<String> notTaken) {}

  /**
   * @param own this machine's UUID
   */
  RedfishDiscovery(RedfishClient client, NodeUuid own) {
    this.client = client;
    this.own = own;
  }

  /**
   * @param id of the chassis that it must be, or empty
   * @throws IOException if there is none that gives a reading; the message has the reason of each
   */
  Found find(String id) throws IOException {
    notTaken.clear();
    List<RedfishChassis> all = id.isEmpty() ? all() : List.of(named(id));
    if (!id.isEmpty()) {
      RedfishChassis chassis = all.getFirst();
      return new Found(chassis, reading(client, chassis), "it was named", List.of());
    }
    all.sort(Comparator.comparing(chassis -> chassis.rank(all)));
    Set<String> computers = RedfishChassis.computersOfCandidates(all);
    String ours = computers.size() > 1 ? ours(computers) : "";
    RedfishChassis taken = null;
    RedfishReading reading = null;
    Rank silent = null;
    for (RedfishChassis chassis : all) {
      Rank rank = chassis.rank(all);
      String name = "chassis " + chassis.id();
      if (rank == Rank.NEVER) {
        notTaken.add(name + ": " + chassis.whyNever(all));
      } else if (!ours.isEmpty() && !chassis.isOf(ours, all)) {
        notTaken.add(name + ": not of the computer with this machine's UUID, " + ours);
      } else if (taken != null && !chassis.isOfAnotherComputer(taken)) {
        notTaken.add(
            "%s: %s is the node's; --redfish-chassis names another".formatted(name, taken.id()));
      } else if (silent != null && rank != silent) {
        notTaken.add(name + ": is not the node's own, which gives no reading");
      } else {
        RedfishReading now = tried(chassis, name);
        if (now != null && taken != null) {
          throw new IOException(
              "it has several computers with a power of their own, %s and %s, and %s:"
                      .formatted(
                          taken.id(),
                          chassis.id(),
                          own.text().isEmpty()
                              ? own.trouble()
                              : "not one alone has this machine's UUID " + own.text())
                  + " --redfish-chassis must name that of this node");
        }
        if (now != null && !now.trouble().isEmpty()) {
          silent = rank;
        } else if (now != null) {
          taken = chassis;
          reading = now;
        }
      }
    }
    if (taken == null || reading == null) {
      throw new IOException(
          notTaken.isEmpty() ? "it shows no chassis" : String.join("; ", notTaken));
    }
    String why =
        ours.isEmpty() ? why(taken, taken.rank(all)) : "its computer has this machine's UUID";
    return new Found(taken, reading, why, List.copyOf(notTaken));
  }

  /** The computer that has this machine's UUID; empty if none has, or several. */
  private String ours(Set<String> computers) {
    List<String> ours = new ArrayList<>();
    if (!own.text().isEmpty()) {
      for (String computer : computers) {
        try {
          if (own.is(client.get(computer).path("UUID").asText())) {
            ours.add(computer);
          }
        } catch (IOException e) {
          notTaken.add(
              "computer %s: its UUID is not known: %s".formatted(computer, e.getMessage()));
        }
      }
    }
    return ours.size() == 1 ? ours.getFirst() : "";
  }

  private static String why(RedfishChassis chassis, Rank rank) {
    return switch (rank) {
      case SERVER -> "of the type %s, with its computer".formatted(chassis.type());
      case COMPUTER -> "with its computer";
      case FORM -> "of the type %s".formatted(chassis.type());
      case UNKNOWN, LARGE, NEVER -> "it is the only one that speaks of power";
    };
  }

  /** A reading; one with trouble if it has a power and gives none; null if it has no power. */
  private @Nullable RedfishReading tried(RedfishChassis chassis, String name) throws IOException {
    try {
      return reading(client, chassis);
    } catch (RedfishClient.NotThere _) {
      notTaken.add(name + ": has no power");
      return null;
    } catch (IOException e) {
      String trouble = String.valueOf(e.getMessage());
      notTaken.add("%s: not usable: %s".formatted(name, trouble));
      return new RedfishReading(Double.NaN, MISSING, Double.NaN, "", trouble);
    }
  }

  /**
   * Asks a chassis for its power.
   *
   * @throws RedfishClient.NotThere if it has no such resource
   * @throws IOException if none of them gives a reading
   */
  static RedfishReading reading(RedfishClient client, RedfishChassis chassis) throws IOException {
    long microjoules = MISSING;
    double kilowattHours = Double.NaN;
    List<String> troubles = new ArrayList<>();
    List<String> paths = new ArrayList<>(chassis.power());
    boolean there = false;
    for (int i = 0; i < paths.size(); i++) {
      RedfishReading reading;
      try {
        reading = RedfishReading.of(client.get(paths.get(i)));
      } catch (RedfishClient.NotThere e) {
        troubles.add(String.valueOf(e.getMessage()));
        continue;
      }
      there = true;
      microjoules = microjoules == MISSING ? reading.microjoules() : microjoules;
      kilowattHours = Double.isNaN(kilowattHours) ? reading.kilowattHours() : kilowattHours;
      if (reading.trouble().isEmpty()) {
        return new RedfishReading(reading.watts(), microjoules, kilowattHours, "", "");
      }
      troubles.add("%s %s".formatted(paths.get(i), reading.trouble()));
      if (!reading.source().isEmpty()
          && paths.size() < MAX_SOURCES
          && !paths.contains(reading.source())) {
        paths.add(i + 1, reading.source());
      }
    }
    if (microjoules != MISSING) {
      return new RedfishReading(Double.NaN, microjoules, kilowattHours, "", "");
    }
    String words = String.join(", ", troubles);
    throw there ? new IOException(words) : new RedfishClient.NotThere(words);
  }

  private List<RedfishChassis> all() throws IOException {
    List<RedfishChassis> all = new ArrayList<>();
    for (String path : members()) {
      all.add(described(path));
    }
    return all;
  }

  /** The one of this name: as the collection links to it, if it does. */
  private RedfishChassis named(String id) throws IOException {
    try {
      for (String path : members()) {
        if (RedfishChassis.idOf(path).equals(id)) {
          return described(path);
        }
      }
    } catch (RedfishClient.NotThere _) {
      // it may have the chassis all the same
    }
    return described(COLLECTIONS.getFirst() + "/" + id);
  }

  private RedfishChassis described(String path) throws IOException {
    JsonNode described;
    try {
      described = client.get(path);
    } catch (RedfishClient.NotThere _) {
      described = MissingNode.getInstance();
    }
    return RedfishChassis.of(path, described);
  }

  /** Paths of all chassis. */
  private Set<String> members() throws IOException {
    JsonNode collection = collection();
    Set<String> members = new LinkedHashSet<>();
    Set<String> pages = new LinkedHashSet<>();
    while (true) {
      members.addAll(RedfishChassis.linksOf(collection.path("Members")));
      JsonNode links = collection.path("links");
      members.addAll(RedfishChassis.linksOf(links.path("Member")));
      String next = collection.path("Members@odata.nextLink").asText("");
      if (members.size() > MAX_CHASSIS) {
        throw new IOException("it shows more than %d chassis".formatted(MAX_CHASSIS));
      }
      if (pages.size() == MAX_PAGES) {
        throw new IOException("it shows its chassis on more than %d pages".formatted(MAX_PAGES));
      }
      if (next.isEmpty() || !pages.add(next)) {
        return members;
      }
      collection = client.get(next);
    }
  }

  private JsonNode collection() throws IOException {
    Set<String> paths = new LinkedHashSet<>();
    try {
      JsonNode root = client.get(ROOT);
      paths.addAll(RedfishChassis.linksOf(root.path("Chassis")));
      paths.addAll(RedfishChassis.linksOf(root.path("links").path("Chassis")));
    } catch (RedfishClient.NotThere _) {
      // the usual places then
    }
    paths.addAll(COLLECTIONS);
    RedfishClient.NotThere last = null;
    for (String path : paths) {
      try {
        return client.get(path);
      } catch (RedfishClient.NotThere e) {
        last = last == null ? e : last;
      }
    }
    throw last == null ? new IOException("it has no chassis") : last;
  }
}
