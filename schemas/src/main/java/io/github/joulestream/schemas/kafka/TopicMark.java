// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What distinguishes a topic from another of the same name: one that is deleted and made again has
 * another id. Offsets, and the partition of a key, are of one topic with one number of partitions
 * alone.
 *
 * @param id given by the cluster
 * @param partitions their number
 */
public record TopicMark(Uuid id, int partitions) {
  /** The marks of those of these topics that there are, and that this user may see. */
  public static Map<String, TopicMark> of(Admin admin, Collection<String> names)
      throws ExecutionException, InterruptedException {
    Map<String, TopicMark> marks = new TreeMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(names).topicNameValues().entrySet()) {
      try {
        TopicDescription found = topic.getValue().get();
        marks.put(topic.getKey(), new TopicMark(found.topicId(), found.partitions().size()));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            && !(e.getCause() instanceof AuthorizationException)) {
          throw e;
        }
      }
    }
    return marks;
  }
}
