// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.connect;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.influx.ServerInfo;
import java.io.IOException;
import java.util.Locale;

/** Finds out what kind of store answers at an address. */
final class StoreDetector {
  private StoreDetector() {}

  /** By the headers of {@code /ping}, else by {@code /health}. */
  static StoreKind kindOf(InfluxAddress address) throws IOException {
    ServerInfo info = ServerInfo.ask(address);
    // QuestDB also reports that it is an InfluxDB 2, for its clients
    if (info.server().toLowerCase(Locale.ROOT).startsWith("questdb")) {
      return StoreKind.QUESTDB;
    }
    String version = info.version();
    if (version.startsWith("1.")) {
      return StoreKind.INFLUX1;
    }
    // InfluxDB Cloud gives no version; it takes what 2.x takes
    if (version.startsWith("2.") || info.build().toLowerCase(Locale.ROOT).contains("cloud")) {
      return StoreKind.INFLUX2;
    }
    if (version.startsWith("3.")) {
      return StoreKind.INFLUX3;
    }
    if (info.status() == 401 || info.status() == 403) {
      throw new UserError(
          "%s does not report its kind without a valid token (%d) -> give --store-token-file, or --store-api"
              .formatted(address, info.status()));
    }
    throw new UserError(
        "%s answers %d, but is neither an InfluxDB nor a QuestDB by its answer -> check --store-url, or give --store-api"
            .formatted(address, info.status()));
  }
}
