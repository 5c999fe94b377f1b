// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.TelemetryReader.DeviceBlock;
import io.github.joulestream.streams.state.Journal.Slice;
import org.jspecify.annotations.Nullable;

/** A node in memory: its account, and the batches since its account was last written. */
public final class NodeState {
  /** Memory of a node without devices, bytes. */
  static final int MIN_BYTES = 2_048;

  final String key;
  final byte[] keyBytes;
  final NodeAccount account;
  final RecentBatches recent = new RecentBatches();

  /** Memory of its account, bytes, estimated when it was last read or written. */
  long bytes = MIN_BYTES;

  /** No reading in the history's store is later. */
  long writtenEpochMillis;

  /** The device block of its latest batch. */
  @Nullable DeviceBlock deviceBlock;

  /** That of its latest batch in the journal, since the account was last written. */
  @Nullable DeviceBlock inJournal;

  /** Offsets of its latest records, so that none is taken in twice after a crash. */
  long telemetryOffset = -1;

  long allocationOffset = -1;

  private boolean powerPending;
  private long gpusEmittedMillis = Long.MIN_VALUE;
  private long capacityEmittedMillis = Long.MIN_VALUE;

  // of its key, which is then not composed for each record
  private final String site;
  private final String name;

  NodeState(String key, NodeAccount account) {
    this.key = key;
    this.keyBytes = key.getBytes(UTF_8);
    this.account = account;
    this.writtenEpochMillis = account.newestMillis();
    this.site = Keys.site(key);
    this.name = key.substring(Math.min(key.length(), site.length() + 1));
  }

  public boolean isKeyOf(String ofSite, String ofName) {
    return site.equals(ofSite) && name.equals(ofName);
  }

  public String site() {
    return site;
  }

  public String name() {
    return name;
  }

  /** True if its power has changed since it was emitted last. */
  public boolean isPowerPending() {
    return powerPending;
  }

  public void setPowerPending(boolean pending) {
    powerPending = pending;
  }

  /** The stream time at which the power of its GPUs was emitted last; very early if never. */
  public long gpusEmittedMillis() {
    return gpusEmittedMillis;
  }

  public void setGpusEmittedMillis(long streamMillis) {
    gpusEmittedMillis = streamMillis;
  }

  /** Time of the reading as of which its capacity was emitted last; very early if never. */
  public long capacityEmittedMillis() {
    return capacityEmittedMillis;
  }

  public void setCapacityEmittedMillis(long epochMillis) {
    capacityEmittedMillis = epochMillis;
  }

  /** The key of its records: site and name. */
  public String key() {
    return key;
  }

  public NodeAccount account() {
    return account;
  }

  /** The device block of its latest batch; null before the first. */
  public @Nullable DeviceBlock deviceBlock() {
    return deviceBlock;
  }

  /** Notes the device block of its latest batch. */
  public void setDeviceBlock(@Nullable DeviceBlock latest) {
    deviceBlock = latest;
  }

  /** Notes the device block of its latest batch, which is in the journal. */
  public void setInJournal(@Nullable DeviceBlock latest) {
    inJournal = latest;
  }

  /**
   * Adds a batch to its history.
   *
   * @param offset of its record in the topic
   * @param latestEpochMillis time of its last reading
   */
  public void remember(Slice batch, long arrivalEpochMillis, long offset, long latestEpochMillis) {
    recent.add(batch, arrivalEpochMillis, offset, latestEpochMillis);
  }

  /** True if the entry is later than all that it has taken in. */
  boolean isNew(Journal.Entry entry) {
    return entry.offset()
        > (entry.kind() == Journal.Kind.ALLOCATION ? allocationOffset : telemetryOffset);
  }

  /** Notes that it has taken in this record. */
  void noteOffset(Journal.Kind kind, long offset) {
    if (kind == Journal.Kind.ALLOCATION) {
      allocationOffset = offset;
    } else {
      telemetryOffset = offset;
    }
  }
}
