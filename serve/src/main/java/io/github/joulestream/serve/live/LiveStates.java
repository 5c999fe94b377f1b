// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** All sites, out of records. One thread takes records in; any may read. */
final class LiveStates {
  /** Topics of which the newest records are enough to show power now. */
  static final Set<Topic> FIRST =
      Set.of(Topic.POWER_SNAPSHOT, Topic.SITE_WINDOW, Topic.NODES, Topic.BUDGETS);

  private final EpochClock clock;
  private final EpochClock ages;
  private final LiveRoom room;
  private final Consumer<String> overfull;
  private final Map<String, SiteState> sites = new ConcurrentHashMap<>();

  /**
   * No site is known yet.
   *
   * @param ages by which what arrived is old, see {@link EpochClock#steady}
   * @param overfull gets what is left out for want of room, in words
   */
  LiveStates(EpochClock clock, EpochClock ages, Consumer<String> overfull) {
    this.clock = clock;
    this.ages = ages;
    this.overfull = overfull;
    room = new LiveRoom(overfull);
  }

  /**
   * Takes in a record.
   *
   * @param arrived when it arrived by the clock of ages, ms
   * @param sampleMillis as in {@link SiteState#accept(PowerSnapshot, long, long)}
   * @throws RuntimeException if the record cannot be used
   */
  void accept(
      Topic topic, @Nullable String key, byte @Nullable [] value, long arrived, long sampleMillis) {
    if (value == null) {
      if (key != null) {
        remove(topic, key);
      }
      return;
    }
    switch (topic) {
      case POWER_SNAPSHOT -> {
        PowerSnapshot power = read(topic, WireSerdes.powerSnapshot(), value);
        Keys.requireSame(power.site(), key);
        SiteState site = known(power.site());
        if (site != null) {
          site.accept(power, arrived, sampleMillis);
        }
      }
      case SITE_WINDOW -> {
        SiteWindow window = read(topic, WireSerdes.siteWindows(), value);
        Keys.requireSame(window.site(), key);
        SiteState site = known(window.site());
        if (site != null) {
          site.acceptWindow(window);
        }
      }
      case LEDGER -> {
        SiteWindow window = read(topic, WireSerdes.siteWindows(), value);
        Keys.requireSame(window.site(), key);
        SiteState site = known(window.site());
        if (site != null) {
          site.acceptLedger(window);
        }
      }
      case NODES -> {
        NodeRecord node = read(topic, WireSerdes.nodes(), value);
        Keys.requireSame(Keys.node(node.site(), node.node()), key);
        SiteState site = known(node.site());
        if (site != null) {
          site.accept(node);
        }
      }
      case JOB_SUMMARY -> {
        JobSummary job = read(topic, WireSerdes.jobSummaries(), value);
        Keys.requireSame(Keys.job(job.site(), job.job()), key);
        SiteState site = known(job.site());
        if (site != null) {
          site.accept(job);
        }
      }
      case DEVICE_WINDOW -> {
        DeviceWindow window = read(topic, WireSerdes.deviceWindows(), value);
        Keys.requireSame(Keys.node(window.site(), window.node()), key);
        SiteState site = sites.get(window.site());
        if (site != null) {
          site.accept(window);
        }
      }
      case ALERTS -> {
        Alert alert = read(topic, WireSerdes.alerts(), value);
        Keys.requireSame(alert.id(), key);
        SiteState site = known(alert.site());
        if (site != null) {
          site.accept(alert);
        }
      }
      case BUDGETS -> {
        Budget budget = read(topic, WireSerdes.budgets(), value);
        Keys.requireSame(Keys.budget(budget.site(), budget.id()), key);
        SiteState site = known(budget.site());
        if (site != null) {
          site.accept(budget.id(), budget);
        }
      }
      case GRID -> {
        GridRecord grid = read(topic, WireSerdes.grid(), value);
        Keys.requireSame(grid.key(), key);
        SiteState site = known(grid.interval().site());
        if (site != null) {
          site.accept(grid.interval());
        }
      }
      default -> throw new IllegalArgumentException("not read here: " + topic);
    }
  }

  private static <T> T read(Topic topic, Serde<T> serde, byte[] value) {
    T read = serde.deserializer().deserialize(topic.topicName(), value);
    if (read == null) {
      throw new SerializationException("no value");
    }
    return read;
  }

  private void remove(Topic topic, String key) {
    if (topic == Topic.ALERTS) {
      sites.values().forEach(site -> site.removeAlert(key));
      return;
    }
    String name = Keys.site(key);
    SiteState site = sites.get(name);
    if (site == null || key.length() == name.length()) {
      return;
    }
    String rest = key.substring(name.length() + 1);
    switch (topic) {
      case NODES -> {
        if (rest.isEmpty()) {
          drop(name, site);
        } else {
          site.forgetNode(rest);
        }
      }
      case JOB_SUMMARY -> site.forgetJob(rest);
      case BUDGETS -> site.accept(rest, null);
      default -> {}
    }
  }

  private @Nullable SiteState known(String name) {
    SiteState site = sites.get(name);
    if (site == null) {
      if (sites.size() >= LiveRoom.SITES) {
        overfull.accept("over %,d sites: others are left out".formatted(LiveRoom.SITES));
        return null;
      }
      site = new SiteState(name, clock, ages, room);
      sites.put(name, site);
    }
    return site;
  }

  private void drop(String name, SiteState site) {
    sites.remove(name);
    site.clear();
  }

  /** Drops what is over. */
  void dropOver() {
    sites.forEach((name, site) -> {
      site.dropOver();
      if (site.isOver()) {
        drop(name, site);
      }
    });
  }

  SortedSet<String> names() {
    return new TreeSet<>(sites.keySet());
  }

  @Nullable SiteState find(String name) {
    return sites.get(name);
  }

  Stream<SiteState> all() {
    return sites.values().stream();
  }
}
