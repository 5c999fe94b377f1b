// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static io.github.joulestream.streams.alerts.Events.SITE;
import static io.github.joulestream.streams.alerts.Events.START;
import static io.github.joulestream.streams.alerts.Events.node;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.energy.alerts.EnergyLimit;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Quantity.Period;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.ReleasedSchemas;
import io.github.joulestream.streams.failure.RecordRefusals;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/**
 * Alert state of released versions can be restored: its bytes are in {@code golden/state}, an entry
 * a line, key and value in hexadecimal digits.
 */
class AlertsStateTest {
  /** The release whose state this one writes; a change of a format needs a new folder. */
  private static final String CURRENT = "0.1.1";

  private static final String FILE = "golden/state/%s/alerts/site-watch.hex";
  private static final HexFormat HEX = HexFormat.of();

  /** A site with every section of state. */
  private static Memory written() {
    Memory memory = new Memory(SITE);
    SiteWatch watch = new SiteWatch(SITE, memory, memory);
    watch.accept(Events.labels("n1", Map.of("rack", "r1")));
    // two minutes before, so that what it has is added up and stored
    for (long before : new long[] {150_000, 120_000, 60_000}) {
      watch.accept(
          Events.power(START - before, withCapacity(node("n1", START - before, 300_000), 900)));
    }
    watch.accept(Events.job("17", "ada", "physics"));
    watch.accept(
        Events.set(Events.budget("power", Scope.nodes("rack", "r1"), new PowerLimit(1_000_000))));
    watch.accept(
        Events.set(
            Events.budget(
                "day", Scope.user("ada"), new EnergyLimit(Quantity.ENERGY_PER_DAY, 9_000_000))));
    JobPower job = new JobPower("17", 700_000, 40_000, 20_000);
    watch.accept(Events.power(START, node("n1", START, 300_000), node("n2", START, 200_000)));
    watch.accept(Events.power(START + 5_000, node("n1", START + 5_000, 1_200_000, job)));
    watch.accept(
        new SiteEvent.EnergyOfSite(
            Events.siteWindow(START, 12_000_000, 5_000_000, 0), START + 15_000));
    watch.accept(
        new SiteEvent.EnergyOfJobs(
            JobWindows.of(Events.jobWindow("17", START, 7_000_000, 0)), START + 15_000));
    return memory;
  }

  private static NodePower withCapacity(NodePower node, long usedMebibytes) {
    CapacityUse use = new CapacityUse(1_000, 500, usedMebibytes);
    return new NodePower(
        node.node(),
        node.epochMillis(),
        node.totalMilliwatts(),
        node.milliwattsByKind(),
        node.idleMilliwatts(),
        node.jobs(),
        node.gpus(),
        new NodeCapacity(use, CapacityUse.NONE, 1, 0));
  }

  private static Map<String, byte[]> golden(String release) throws IOException {
    String file = FILE.formatted(release);
    Map<String, byte[]> entries = new TreeMap<>();
    try (InputStream in =
        requireNonNull(AlertsStateTest.class.getResourceAsStream("/" + file), file)) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
        String[] keyAndValue = line.split(" ");
        entries.put(
            new String(HEX.parseHex(keyAndValue[0]), StandardCharsets.UTF_8),
            HEX.parseHex(keyAndValue[1]));
      }
    }
    return entries;
  }

  private static String text(Map<String, byte[]> entries) {
    return entries.entrySet().stream()
        .map(entry ->
            HEX.formatHex(entry.getKey().getBytes(StandardCharsets.UTF_8))
                + " "
                + HEX.formatHex(entry.getValue())
                + "\n")
        .collect(Collectors.joining());
  }

  /** Without the alert at the end of an alarm: its format has golden bytes of its own. */
  private static Map<String, byte[]> withoutAlerts(Map<String, byte[]> entries) {
    Map<String, byte[]> cut = new TreeMap<>(entries);
    cut.replaceAll((key, value) ->
        key.charAt(0) == StateSection.ALARM.code() ? Arrays.copyOf(value, alertAt(value)) : value);
    return cut;
  }

  /** Where the alert begins, by the marker of a value on the wire. */
  private static int alertAt(byte[] alarm) {
    int at = HEX.formatHex(alarm).indexOf("c301");
    assertThat(at).isPositive().isEven();
    return at / 2;
  }

  @Test
  void theStateOfThisRelease_isWrittenAsItsGoldenBytes() throws IOException {
    Memory memory = written();
    if (Boolean.getBoolean("golden.write")) {
      Path file = Path.of("src/test/resources", FILE.formatted(CURRENT));
      Files.createDirectories(requireNonNull(file.getParent()));
      Files.writeString(file, text(memory.entries));
    }
    for (StateSection section : StateSection.values()) {
      assertThat(memory.entries(section)).as(section.name()).isNotEmpty();
    }
    assertThat(text(withoutAlerts(memory.entries))).isEqualTo(text(withoutAlerts(golden(CURRENT))));
  }

  @Test
  void theStateOfEveryRelease_isRestored() throws IOException {
    ReleasedSchemas.learn("0.1.0");
    for (String release : List.of("0.1.0", CURRENT)) {
      Memory memory = new Memory(SITE);
      memory.entries.putAll(golden(release));
      SiteWatch watch = memory.restored();
      SitePower power = watch.power();
      assertThat(watch.now()).isEqualTo(START + 5_000);
      assertThat(power.site().milliwatts).isEqualTo(1_400_000);
      assertThat(power.of(Scope.nodes("rack", "r1")).milliwatts).isEqualTo(1_200_000);
      assertThat(power.of(Scope.user("ada")).milliwatts).isEqualTo(700_000);
      assertThat(requireNonNull(power.node("n1")).floorMilliwatts).isEqualTo(300_000);
      Period day = new Period(START, START + 86_400_000);
      assertThat(requireNonNull(power.site().energy).sum(day)).isEqualTo(12_000_000);
      assertThat(requireNonNull(power.of(Scope.user("ada")).energy).sum(day)).isEqualTo(7_000_000);
      assertThat(requireNonNull(watch.budget("power")).budget())
          .isEqualTo(Events.budget("power", Scope.nodes("rack", "r1"), new PowerLimit(1_000_000)));
      assertThat(memory.alerts).isEmpty();
      assertCapacityRestored(release, memory);

      // a window adds its difference; the alert that fired before resolves
      watch.accept(
          new SiteEvent.EnergyOfJobs(
              JobWindows.of(Events.jobWindow("17", START, 9_000_000, 0)), START + 16_000));
      assertThat(requireNonNull(power.of(Scope.user("ada")).energy).sum(day)).isEqualTo(9_000_000);
      watch.accept(Events.power(START + 10_000, node("n1", START + 10_000, 100_000)));
      watch.accept(Events.power(START + 75_000, node("n1", START + 75_000, 100_000)));
      Alert resolved = memory.alerts.getLast();
      assertThat(resolved.rule()).isEqualTo(Rule.POWER_BUDGET);
      assertThat(resolved.times().sinceEpochMillis()).isEqualTo(START + 5_000);
      assertThat(resolved.revision()).isEqualTo(2);
    }
  }

  /** The hour goes on where it was, and its peaks are emitted again. */
  private static void assertCapacityRestored(String release, Memory memory) throws IOException {
    Memory other = new Memory(SITE);
    other.entries.putAll(memory.entries);
    SiteWatch watch = other.restored();
    long late = START - 30_000;
    for (long millis = late; millis <= START + 90_000; millis += 10_000) {
      watch.accept(Events.power(millis, withCapacity(node("n2", millis, 200_000), 100)));
    }
    boolean known = !release.equals("0.1.0");
    assertThat(
            other.peaks.stream()
                .anyMatch(peaks -> peaks.groups().getFirst().peakMebibytes() == 900))
        .isEqualTo(known);
  }

  private static KeyValueStore<String, byte[]> store(MockProcessorContext<?, ?> context) {
    KeyValueStore<String, byte[]> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(WatchSites.STORE), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    written().entries.forEach((key, value) -> store.put(SITE + "\0" + key, value));
    return store;
  }

  /** The program must stop, and keep the state for the release that wrote it. */
  @Test
  void stateOfALaterFormat_stopsTheStart_withANamedError() {
    MockProcessorContext<String, AlertsOutput> context = new MockProcessorContext<>();
    KeyValueStore<String, byte[]> store = store(context);
    String key = SITE + "\0" + StateEntry.key(StateSection.LABELS, "n1");
    byte[] value = requireNonNull(store.get(key));
    value[1] = 2;
    store.put(key, value);
    assertThatThrownBy(() -> new WatchSites(new RecordRefusals()).init(context))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(UnknownStateFormatException.class)
        .hasMessageContaining(
            "the labels of a node in alert state of format 2: a later release wrote it");
  }

  @Test
  void anEntryThatCannotBeRead_isLeftOut_andAllOthersAreRestored() {
    MockProcessorContext<String, AlertsOutput> context = new MockProcessorContext<>();
    KeyValueStore<String, byte[]> store = store(context);
    store.put(SITE + "\0" + StateEntry.key(StateSection.BUDGET, "bad"), new byte[] {'f', 1, 9});
    store.put("no site", new byte[] {'f', 1, 9});
    WatchSites sites = new WatchSites(new RecordRefusals());
    sites.init(context);
    context.setCurrentStreamTimeMs(START);
    long wallMillis = START + 86_400_000;
    context.scheduledPunctuators().getFirst().getPunctuator().punctuate(wallMillis);
    context.scheduledPunctuators().getFirst().getPunctuator().punctuate(wallMillis + 60_000);
    // the site has its clock and is without data for a minute
    assertThat(context.forwarded())
        .extracting(forwarded -> forwarded.record().value())
        .filteredOn(AlertsOutput.AlertChange.class::isInstance)
        .extracting(output -> ((AlertsOutput.AlertChange) output).alert().rule())
        .contains(Rule.SITE_STALE);
  }
}
