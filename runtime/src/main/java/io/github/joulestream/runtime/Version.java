// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** Which release this is. */
public final class Version {
  private static final String RESOURCE = "version.properties";

  /** The version in Maven's project, such as {@code 0.1.0-SNAPSHOT}. */
  public static final String CURRENT = read();

  private Version() {}

  private static String read() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
      properties.load(Objects.requireNonNull(in, RESOURCE));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
    return Objects.requireNonNull(properties.getProperty("version"), RESOURCE);
  }
}
