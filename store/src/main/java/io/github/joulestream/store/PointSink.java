// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import java.util.List;

/** A store that takes points. Writing a point again changes nothing. */
public interface PointSink extends AutoCloseable {
  /**
   * Writes all of them; when it returns, the store has them.
   *
   * @throws StoreUnavailable if it cannot be reached or cannot take anything now: try again later
   * @throws PointsRefused if it will never take at least one of them
   */
  void write(List<StorePoint> points);

  @Override
  void close();

  /** The store is away, overloaded, or does not let us in. */
  final class StoreUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreUnavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The store says that points are wrong. */
  final class PointsRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public PointsRefused(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
