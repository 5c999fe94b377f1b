// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.store.connect.StoreConnection;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The store that a command reads: the one that is named, or else that of {@code up}, or if none
 * answers there that of {@code store-writer}.
 */
record FoundStore(URI url, StoreConnection connection) {
  private static final URI OF_UP = URI.create("http://127.0.0.1:9000");
  private static final URI OF_WRITER = URI.create(StoreWriterCommand.DEFAULT_URL);

  /**
   * Connects.
   *
   * @param named its URL; null: to be found
   * @throws IOException if it cannot be reached
   */
  static FoundStore find(@Nullable URI named, StoreOptions options) throws IOException {
    if (named != null) {
      return new FoundStore(named, options.connect(named));
    }
    try {
      return new FoundStore(OF_UP, options.connect(OF_UP));
    } catch (IOException e) {
      try {
        return new FoundStore(OF_WRITER, options.connect(OF_WRITER));
      } catch (IOException also) {
        e.addSuppressed(also);
        throw e;
      }
    }
  }

  /** What is wrong, and what to do, if it cannot be reached. */
  static String unreachable(@Nullable URI named) {
    return "the store cannot be reached at %s -> start it, or give --store-url"
        .formatted(named == null ? OF_UP + " or " + OF_WRITER : ShownUrl.of(named));
  }

  /**
   * The same as an error.
   *
   * @param named what {@link #find} was given
   */
  static UserError unreachable(@Nullable URI named, IOException e) {
    return new UserError(unreachable(named), e);
  }
}
