// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
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

  /** Word of this version for a bucket. */
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
   * Makes the bucket readable by InfluxQL as the database of its name; returns what could not be
   * done, as sentences.
   */
  default List<String> makeQueryable(Bucket bucket) throws IOException {
    return List.of();
  }

  /** Writes lines; where the answer is an error, the server may have stored some of them. */
  InfluxAnswer write(String bucket, String lines) throws IOException;

  /** Lines that an answer refuses and why, the first being 0; empty if it names none. */
  Map<Integer, String> refusedLines(InfluxAnswer answer, int lines);

  /** Reads by InfluxQL; belongs to this. */
  InfluxQl influxQl();

  @Override
  void close();

  /**
   * A bucket that was looked for.
   *
   * @param retention how long its points are kept; zero: for ever; null: unknown
   */
  record Found(boolean exists, @Nullable Duration retention) {
    static final Found NOTHING = new Found(false, null);
  }

  /** The server denies it with these credentials. */
  final class Denied extends RuntimeException {
    private static final long serialVersionUID = 1;

    Denied(InfluxAnswer answer) {
      super(answer.toString());
    }
  }

  /** The answer, if the server did what was asked for. */
  static InfluxAnswer checked(InfluxAnswer answer) throws IOException {
    if (answer.denied()) {
      throw new Denied(answer);
    }
    if (!answer.ok()) {
      throw new IOException("answers " + answer);
    }
    return answer;
  }

  /** End of the message of the engine of 1.x and 2.x about a partial write. */
  Pattern DROPPED = Pattern.compile("dropped=(\\d+)");

  /**
   * The engine of 1.x and 2.x reports how many points it dropped, not which: that helps if it was
   * all.
   */
  static Map<Integer, String> allDropped(InfluxAnswer answer, int lines) {
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
