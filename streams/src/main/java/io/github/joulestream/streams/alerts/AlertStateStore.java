// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

/** The store of one site's alert state: what the site is restored from after a restart. */
interface AlertStateStore {
  /**
   * Writes an entry in place of the one of that section and name.
   *
   * @param content without the header of its format
   */
  void put(StateSection section, String name, byte[] content);

  void delete(StateSection section, String name);
}
