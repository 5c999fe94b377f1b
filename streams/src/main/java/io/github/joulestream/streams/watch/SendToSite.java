// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.watch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.streams.process.DeadLetterHeaders;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Gives news of nodes, jobs, budgets and alerts that a person has cleared the key of their site,
 * and notes in its headers where it came from: its topic, which says how to read it, and its key.
 */
public final class SendToSite extends ContextualProcessor<String, byte[], String, byte[]> {
  private static final String KEY = "key";
  private static final String ALERTS = Topic.ALERTS.topicName();

  /** Where a record came from, before it was sent to its site. */
  record Origin(Topic topic, String key) {
    String site() {
      return Keys.site(key);
    }

    /** The node, job, budget or alert; empty if it is about the whole site. */
    String name() {
      return key.substring(site().length() + 1);
    }
  }

  @Override
  public void process(Record<String, byte[]> news) {
    RecordMetadata origin = context().recordMetadata().orElseThrow();
    String key = news.key() == null ? "" : news.key();
    if (origin.topic().equals(ALERTS)) {
      Header site = news.headers().lastHeader(Alert.CLEARED_HEADER);
      if (site == null || news.value() == null) {
        return; // what the watch said itself, or what is forgotten
      }
      key = new String(site.value(), UTF_8) + "/" + key;
    }
    Headers headers = DeadLetterHeaders.of(origin);
    headers.add(KEY, key.getBytes(UTF_8));
    context().forward(new Record<>(Keys.site(key), news.value(), news.timestamp(), headers));
  }

  static boolean isSent(Record<String, ?> news) {
    return news.headers().lastHeader(KEY) != null;
  }

  static String originalKey(Record<String, ?> news) {
    Header key = news.headers().lastHeader(KEY);
    return key == null ? news.key() : new String(key.value(), UTF_8);
  }

  /** Where it came from, of news that came directly or was sent. */
  static Origin origin(Record<String, ?> news, RecordMetadata metadata) {
    Header topic = news.headers().lastHeader(DeadLetterHeaders.TOPIC);
    String name =
        isSent(news) && topic != null ? new String(topic.value(), UTF_8) : metadata.topic();
    String key = originalKey(news);
    if (key == null || Keys.site(key).isEmpty()) {
      throw new IllegalArgumentException("a record without a key");
    }
    if (isSent(news) && key.indexOf('/') < 0) {
      throw new IllegalArgumentException("the key '" + key + "' names a site and nothing of it");
    }
    return Arrays.stream(Topic.values())
        .filter(one -> one.topicName().equals(name))
        .findFirst()
        .map(one -> new Origin(one, key))
        .orElseThrow(() -> new IllegalStateException("an unknown topic " + name));
  }
}
