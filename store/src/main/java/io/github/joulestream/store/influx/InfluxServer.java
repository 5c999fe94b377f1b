// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import java.time.Duration;
import java.util.Optional;

/** What all versions have: an address, HTTP, and InfluxQL. */
abstract class InfluxServer implements InfluxApi {
  /** Few large files rather than hundreds of small ones for points that are kept for years. */
  static final Duration LONG_SHARD = Duration.ofDays(28);

  static final Duration LONG = Duration.ofDays(365);

  final InfluxAddress address;
  final InfluxHttp http;
  final InfluxQl influxQl;

  /**
   * @param authorization header, as the version wants it; empty for none
   */
  InfluxServer(InfluxAddress address, Optional<String> authorization) {
    this.address = address;
    http = new InfluxHttp(address.url(), authorization);
    influxQl = new InfluxQl(address, http);
  }

  @Override
  public final InfluxAddress address() {
    return address;
  }

  @Override
  public final InfluxQl influxQl() {
    return influxQl;
  }

  @Override
  public void close() {
    http.close();
  }
}
