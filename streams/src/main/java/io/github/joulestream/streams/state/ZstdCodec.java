// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;

/** Compresses what is written down of a node. One thread; to be closed. */
public final class ZstdCodec implements AutoCloseable {
  private static final int LEVEL = 1;
  // far more than an account or a block of history ever has: damaged bytes must not ask for more
  private static final int MAX_BYTES = 256 << 20;

  private final ZstdCompressCtx compressor = new ZstdCompressCtx();
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

  public ZstdCodec() {
    compressor.setLevel(LEVEL);
  }

  byte[] packed(byte[] bytes) {
    return compressor.compress(bytes);
  }

  byte[] unpacked(byte[] packed) {
    long size = Zstd.getFrameContentSize(packed);
    if (size < 0 || size > MAX_BYTES) {
      throw new IllegalStateException("not what was packed: " + packed.length + " bytes");
    }
    return decompressor.decompress(packed, (int) size);
  }

  @Override
  public void close() {
    compressor.close();
    decompressor.close();
  }
}
