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

  /** By what {@code /ping} says in its headers, else by {@code /health}. */
  static StoreKind kindOf(InfluxAddress address) throws IOException {
    ServerInfo says = ServerInfo.ask(address);
    // QuestDB also says that it is an InfluxDB 2, for its clients' sake
    if (says.server().toLowerCase(Locale.ROOT).startsWith("questdb")) {
      return StoreKind.QUESTDB;
    }
    String version = says.version();
    if (version.startsWith("1.")) {
      return StoreKind.INFLUX1;
    }
    // InfluxDB Cloud gives no version; it takes what 2.x takes
    if (version.startsWith("2.") || says.build().toLowerCase(Locale.ROOT).contains("cloud")) {
      return StoreKind.INFLUX2;
    }
    if (version.startsWith("3.")) {
      return StoreKind.INFLUX3;
    }
    if (says.status() == 401 || says.status() == 403) {
      throw new UserError(
          "%s does not say what it is without a valid token (%d) -> give --token, or --store-api"
              .formatted(address, says.status()));
    }
    throw new UserError(
        "%s answers %d, but does not say that it is an InfluxDB or a QuestDB -> check --store-url, or give --store-api"
            .formatted(address, says.status()));
  }
}
