// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** The brokers of a cluster. */
public final class Brokers {
  private Brokers() {}

  /**
   * How many brokers the cluster has, those included that are down: how many copies topics should
   * have does not depend on which of them are up at a moment. Brokers before Kafka 4.0 report only
   * those that are up.
   */
  public static int count(Admin admin) throws ExecutionException, InterruptedException {
    try {
      return admin
          .describeCluster(new DescribeClusterOptions().includeFencedBrokers(true))
          .nodes()
          .get()
          .size();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnsupportedVersionException)) {
        throw e;
      }
      return admin.describeCluster().nodes().get().size();
    }
  }
}
