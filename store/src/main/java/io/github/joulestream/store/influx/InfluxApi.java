// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.store.Buckets.Bucket;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What differs between the versions of InfluxDB's HTTP interface. */
public interface InfluxApi extends AutoCloseable {
  InfluxAddress address();

  /** What this version calls a bucket. */
  String bucketWord();

  /**
   * Looks a bucket up.
   *
   * @throws Denied if that cannot be seen
   */
  Found find(String bucket) throws IOException;

  /**
   * Makes a bucket; it is no error if there is one of that name.
   *
   * @throws Denied if that is not allowed
   */
  void create(Bucket bucket) throws IOException;

  /**
   * Sees to it that InfluxQL finds the bucket as the database of its name; what could not be done,
   * as sentences.
   */
  default List<String> makeQueryable(Bucket bucket) throws IOException {
    return List.of();
  }

  /** Writes lines; an answer that is not fine may have stored some of them. */
  Answer write(String bucket, String lines) throws IOException;

  /** Which lines an answer refuses and why, the first being 0; empty if it does not say. */
  Map<Integer, String> refusedLines(Answer answer, int lines);

  /** Reads by InfluxQL; belongs to this. */
  InfluxQl influxQl();

  @Override
  void close();

  /**
   * @param kept how long it keeps what is in it, zero: for ever; null: cannot be seen
   */
  record Found(boolean exists, @Nullable Duration kept) {
    static final Found NOTHING = new Found(false, null);
  }

  /** The server does not let us do it. */
  final class Denied extends RuntimeException {
    private static final long serialVersionUID = 1;

    Denied(Answer answer) {
      super(answer.toString());
    }
  }

  /** The answer, if it is fine. */
  static Answer checked(Answer answer) throws IOException {
    if (answer.denied()) {
      throw new Denied(answer);
    }
    if (!answer.fine()) {
      throw new IOException("answers " + answer);
    }
    return answer;
  }

  /** What the engine of 1.x and 2.x says at the end of a partial write. */
  Pattern DROPPED = Pattern.compile("dropped=(\\d+)");

  /**
   * The engine of 1.x and 2.x says how many points it dropped, not which: that helps if it was all.
   */
  static Map<Integer, String> allDropped(Answer answer, int lines) {
    Matcher matcher = DROPPED.matcher(answer.message());
    Map<Integer, String> refused = new HashMap<>();
    if (matcher.find() && matcher.group(1).equals(Integer.toString(lines))) {
      for (int line = 0; line < lines; line++) {
        refused.put(line, answer.message());
      }
    }
    return refused;
  }
}
