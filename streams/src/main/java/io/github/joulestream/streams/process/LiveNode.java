// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.TelemetryReader.Described;
import org.jspecify.annotations.Nullable;

/** A node in memory: its account, and the batches since its account was last written down. */
final class LiveNode {
  final String key;
  final byte[] keyBytes;
  final NodeAccount account;
  final Recent recent = new Recent();

  /** No reading in the history's store is later. */
  long writtenEpochMillis;

  /** What its latest batch said of its devices. */
  @Nullable Described described;

  /** What its latest batch in the journal said of them, since the account was last written down. */
  @Nullable Described inJournal;

  /** Offsets of what it has taken in last, so that nothing is taken in twice after a crash. */
  long telemetryOffset = -1;

  long allocationOffset = -1;

  /** True if it has drawn something that was not told yet, and when its GPUs were told last. */
  boolean drew;

  long gpusToldMillis = Long.MIN_VALUE;

  // as the node's records say it, so that its key need not be put together for each of them
  private String site = "";
  private String name = "";

  LiveNode(String key, NodeAccount account) {
    this.key = key;
    this.keyBytes = key.getBytes(UTF_8);
    this.account = account;
    this.writtenEpochMillis = account.newestMillis();
  }

  boolean isKeyOf(String newSite, String newName) {
    if (site.equals(newSite) && name.equals(newName)) {
      return true;
    }
    if (!key.equals(Keys.node(newSite, newName))) {
      return false;
    }
    site = newSite;
    name = newName;
    return true;
  }

  String site() {
    return site;
  }

  String name() {
    return name;
  }

  /** True if this comes after all that it has taken in. */
  boolean isNews(Journal.Entry entry) {
    return entry.offset()
        > (entry.kind() == Journal.Kind.ALLOCATION ? allocationOffset : telemetryOffset);
  }

  /** Notes that it has taken this in. */
  void took(Journal.Kind kind, long offset) {
    if (kind == Journal.Kind.ALLOCATION) {
      allocationOffset = offset;
    } else {
      telemetryOffset = offset;
    }
  }
}
