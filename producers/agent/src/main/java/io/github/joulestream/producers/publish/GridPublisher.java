// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.schemas.GridRecord;

/** Publishes values of a site's supply. */
@FunctionalInterface
public interface GridPublisher {
  void publish(GridRecord record);
}
