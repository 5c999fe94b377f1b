// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.e2e.OneBrokerSite.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk of each part becomes full while readings flow, and has room again: the part continues by
 * itself, or ends with one line and is started again, and no reading is lost or booked twice.
 * {@code up} on a full disk is in {@link ITUp}.
 */
class ITFullDisks {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Map<Part, Integer> MEBIBYTES =
      Map.of(Part.AGENT, 1, Part.STREAMS, 64, Part.STORE, 400);

  @TempDir Path folder;

  private final Map<Part, SmallDisk> disks = new EnumMap<>(Part.class);

  @Test
  void theDiskOfEachPart_isFull_andHasRoomAgain() throws Exception {
    try {
      for (Map.Entry<Part, Integer> disk : MEBIBYTES.entrySet()) {
        Path mount = OneBrokerSite.folderOf(folder, disk.getKey());
        disks.put(disk.getKey(), SmallDisk.mount(mount, disk.getValue()));
      }
      try (OneBrokerSite site = new OneBrokerSite(folder, Map.of())) {
        fillTheSpool(site);
        fillTheStore(site);
        fillTheState(site);
        OneBrokerSite.Figures figures = site.settle();
        figures.report(
            "disk of an agent's spool full",
            1,
            "readings stay in memory, the newest 512 KiB; what is dropped is counted",
            "one line, readings continued, none dropped");
        figures.report(
            "disk of the store (QuestDB) full",
            1,
            "points wait in Kafka or in the store's log",
            "it lived on, and applied all points within seconds of there being room");
        figures.report(
            "disk of the state of streams full, stopped and started on it",
            1,
            "ends with one line and status 1; state is restored from Kafka",
            "it ended with one line that names the folder; started again, it continued");
      }
    } finally {
      for (SmallDisk disk : disks.values()) {
        disk.close();
      }
    }
  }

  private SmallDisk disk(Part part) {
    return requireNonNull(disks.get(part), part.name());
  }

  private void fillTheSpool(OneBrokerSite site) throws Exception {
    Program agent = site.program(Part.AGENT);
    disk(Part.AGENT).fill();
    agent.awaitLine("cannot be written to (No space left on device)");
    site.awaitProgress();
    disk(Part.AGENT).free();
    agent.awaitLine("can be written to again");
    assertThat(agent.output().split("cannot be written to", -1)).hasSize(2);
  }

  private void fillTheStore(OneBrokerSite site) throws Exception {
    Program store = site.program(Part.STORE);
    Program writer = site.program(Part.STORE_WRITER);
    disk(Part.STORE).fill();
    Await.until(
        "the full disk is reported",
        LIMIT,
        () ->
            store.output().contains("without applying them")
                || writer.output().contains("the store's disk is full"),
        site::outputs);
    disk(Part.STORE).free();
    site.awaitProgress();
    Await.until(
        "all of it is applied",
        LIMIT,
        () ->
            !store.output().contains("without applying them")
                || store.output().contains("applies points again"),
        site::outputs);
    assertThat(store.isAlive()).as(site.outputs()).isTrue();
    assertThat(writer.isAlive()).as(site.outputs()).isTrue();
  }

  private void fillTheState(OneBrokerSite site) throws Exception {
    disk(Part.STREAMS).fill();
    Program streams = site.program(Part.STREAMS);
    streams.terminate();
    assertThat(streams.await()).as(streams.output()).isEqualTo(143);
    site.start(Part.STREAMS);
    Program full = site.program(Part.STREAMS);
    assertThat(full.await()).as(full.output()).isEqualTo(1);
    assertThat(full.output())
        .containsPattern(
            "(?m)^joulestream: .*the disk of the state in \\S+ is full \\(.*No space left on"
                + " device.*\\); make room on it")
        .doesNotContainPattern(Pattern.compile("^\\s+at ", Pattern.MULTILINE));
    disk(Part.STREAMS).free();
    site.start(Part.STREAMS);
    site.awaitRuns(Part.STREAMS);
    site.awaitProgress();
  }
}
