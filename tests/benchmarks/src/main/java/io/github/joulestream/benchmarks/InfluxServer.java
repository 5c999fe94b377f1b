// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An InfluxDB 1.x: {@code influxd} on the PATH. */
final class InfluxServer {
  private InfluxServer() {}

  /**
   * Starts one, which ends with the harness.
   *
   * @param folder of its files
   * @return its address
   */
  static String start(Bench bench, Path folder) throws IOException, InterruptedException {
    int port;
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = any.getLocalPort();
    }
    Path config = folder.resolve("influxd.conf");
    Files.writeString(
        config,
        """
        reporting-disabled = true
        bind-address = "127.0.0.1:0"
        [meta]
        dir = "%1$s/meta"
        [data]
        dir = "%1$s/data"
        wal-dir = "%1$s/wal"
        index-version = "tsi1"
        query-log-enabled = false
        cache-snapshot-write-cold-duration = "5s"
        compact-full-write-cold-duration = "10s"
        [monitor]
        store-enabled = false
        [http]
        bind-address = "127.0.0.1:%2$d"
        log-enabled = false
        [logging]
        level = "error"
        """
            .formatted(folder, port));
    bench.startProgram("influxd", "-config", config.toString());
    String url = "http://127.0.0.1:" + port;
    for (int left = 300; !answers(url); left--) {
      if (left == 0) {
        throw new IOException("influxd does not answer at " + url);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return url;
  }

  private static boolean answers(String url) {
    try {
      return URI.create(url + "/ping").toURL().openConnection().getHeaderField("X-Influxdb-Version")
          != null;
    } catch (IOException e) {
      return false;
    }
  }
}
