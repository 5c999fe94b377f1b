// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

/** Which release this is. */
public final class Version {
  public static final String CURRENT = "0.1.0";

  private Version() {}
}
