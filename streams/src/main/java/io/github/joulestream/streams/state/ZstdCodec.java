// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.github.joulestream.energy.StateFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Compresses state of nodes, behind the header of its format. One thread; to be closed. */
public final class ZstdCodec implements AutoCloseable {
  private static final int LEVEL = 1;
  // far more than an account or a block of history ever has: damaged bytes must not ask for more
  private static final int MAX_BYTES = 256 << 20;

  private final ZstdCompressCtx compressor = new ZstdCompressCtx();
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

  public ZstdCodec() {
    compressor.setLevel(LEVEL);
  }

  /** The header of the format, and the compressed bytes. */
  byte[] compress(StateFormat format, byte[] bytes) {
    return compress(format, bytes, bytes.length);
  }

  /** The header of the format, and compressed so many of the bytes, from the first on. */
  byte[] compress(StateFormat format, byte[] bytes, int length) {
    int bound = (int) Zstd.compressBound(length);
    byte[] written = new byte[StateFormat.LENGTH + bound];
    format.write(written, 0);
    int size = compressor.compressByteArray(written, StateFormat.LENGTH, bound, bytes, 0, length);
    return Arrays.copyOf(written, StateFormat.LENGTH + size);
  }

  /**
   * Decompresses what {@link #compress} returned.
   *
   * @throws UncheckedIOException if it is of another format
   * @throws IllegalStateException if it is damaged
   */
  byte[] decompress(StateFormat format, byte[] written) {
    try {
      format.read(written, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int at = StateFormat.LENGTH;
    long size = Zstd.getFrameContentSize(written, at, written.length - at);
    if (size < 0 || size > MAX_BYTES) {
      throw new IllegalStateException(
          "%s of %d bytes is damaged".formatted(format.kind(), written.length));
    }
    byte[] bytes = new byte[(int) size];
    int found =
        decompressor.decompressByteArray(bytes, 0, bytes.length, written, at, written.length - at);
    if (found != bytes.length) {
      throw new IllegalStateException(
          "%s has %d bytes instead of %d".formatted(format.kind(), found, bytes.length));
    }
    return bytes;
  }

  @Override
  public void close() {
    compressor.close();
    decompressor.close();
  }
}
