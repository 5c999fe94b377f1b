// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;

/** Publishes the records of agents, of the replay and of the simulator. */
public interface Publisher extends AutoCloseable {
  void publish(TelemetryBatch batch);

  void publish(AllocationEvent event);

  void publish(JobRecord job);

  void publish(NodeRecord node);

  /** Returns when everything published so far is acknowledged; throws if something was not. */
  void flush();

  /** Records that were published and that Kafka does not have yet, where that is counted. */
  default long waiting() {
    return 0;
  }

  /** Records that were published and are lost. */
  default long dropped() {
    return 0;
  }

  @Override
  void close();
}
