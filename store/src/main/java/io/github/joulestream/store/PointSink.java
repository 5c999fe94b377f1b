// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store that takes points. Writing a point again changes nothing. */
public interface PointSink extends AutoCloseable {
  /**
   * Writes all of them; when it returns, the store has them.
   *
   * @throws StoreUnavailable if it cannot be reached or cannot take anything now: try again later
   * @throws PointsRefused if it will never take at least one of them; it may have some of the rest
   */
  void write(List<StorePoint> points);

  @Override
  void close();

  /**
   * The store is unavailable, overloaded, or denies access. It may have taken points all the same.
   */
  final class StoreUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long retryAfterMillis;

    public StoreUnavailable(String message, @Nullable Throwable cause) {
      this(message, 0, cause);
    }

    public StoreUnavailable(String message, long retryAfterMillis, @Nullable Throwable cause) {
      super(message, cause);
      this.retryAfterMillis = retryAfterMillis;
    }

    /** How long the store asks to wait, ms; 0 if it does not ask. */
    public long retryAfterMillis() {
      return retryAfterMillis;
    }
  }

  /** The store refuses points. */
  final class PointsRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Map<Integer, String> reasons;

    /** It does not name them. */
    public PointsRefused(String message, @Nullable Throwable cause) {
      super(message, cause);
      this.reasons = Map.of();
    }

    /**
     * @param reasons why, by position in what was to be written; there may be more
     */
    public PointsRefused(String message, Map<Integer, String> reasons) {
      super(message);
      this.reasons = Map.copyOf(reasons);
    }

    /** Why, by position in what was to be written; empty if the store does not name them. */
    public Map<Integer, String> reasons() {
      return reasons;
    }
  }
}
