// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.Options;

/**
 * The stores of a task hold what a commit wrote, and most of them little: they do not reserve 4 MiB
 * each for the list of their files.
 */
public final class SmallRocksDb implements RocksDBConfigSetter {
  private static final long MANIFEST_BYTES = 16 << 10;

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    options.setManifestPreallocationSize(MANIFEST_BYTES);
  }

  @Override
  public void close(String storeName, Options options) {
    // nothing of ours to free
  }
}
