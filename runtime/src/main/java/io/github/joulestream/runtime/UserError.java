// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import org.jspecify.annotations.Nullable;

/**
 * An error that the person at the command line can correct. The message is one line with what is
 * wrong and what to do; it is shown without a stack trace.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 2;

  private final boolean usage;

  public UserError(String message) {
    this(message, null);
  }

  public UserError(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private UserError(String message, @Nullable Throwable cause, boolean usage) {
    super(message, cause);
    this.usage = usage;
  }

  /** The command line, or a setting, asks for something that there is not. */
  public static UserError usage(String message) {
    return usage(message, null);
  }

  /** The command line, or a setting, asks for something that there is not. */
  public static UserError usage(String message, @Nullable Throwable cause) {
    return new UserError(message, cause, true);
  }

  /** True if another command line may work; false if what it asks for cannot be done now. */
  public boolean isUsage() {
    return usage;
  }
}
