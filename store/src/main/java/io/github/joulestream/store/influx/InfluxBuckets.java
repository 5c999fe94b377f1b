// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates the buckets that are missing, as far as the token allows. */
public final class InfluxBuckets {
  private final InfluxApi api;
  private final Set<Bucket> wanted = new LinkedHashSet<>();

  public InfluxBuckets(InfluxApi api, Buckets buckets) {
    this.api = api;
    wanted.add(buckets.weeks());
    wanted.add(buckets.years());
    wanted.add(buckets.days());
  }

  /**
   * Creates what is missing; what exists stays as it is.
   *
   * @return what it did and what differs from the settings, as sentences
   * @throws UserError if the token may not write there, or may not make what is missing
   * @throws IOException if the server cannot be reached, or does not answer as it should
   */
  public List<String> prepare() throws IOException {
    List<String> notes = new ArrayList<>();
    for (Bucket bucket : wanted) {
      String name = "%s %s".formatted(api.bucketWord(), bucket.name());
      InfluxApi.Found found = find(bucket);
      if (!found.exists()) {
        try {
          api.create(bucket);
          notes.add("made %s, which keeps %s".formatted(name, words(bucket.retention())));
        } catch (InfluxApi.Denied e) {
          mayWrite(bucket, String.valueOf(e.getMessage()));
          notes.add("the retention of %s cannot be seen".formatted(name));
        }
      } else {
        mayWrite(bucket, "");
      }
      String difference = difference(bucket, found.retention());
      if (difference != null) {
        notes.add(difference);
      }
      notes.addAll(api.makeQueryable(bucket));
    }
    return notes;
  }

  /** What is missing or differs from the settings, as sentences. */
  public List<String> differences() throws IOException {
    List<String> notes = new ArrayList<>();
    for (Bucket bucket : wanted) {
      InfluxApi.Found found;
      try {
        found = api.find(bucket.name());
      } catch (InfluxApi.Denied e) {
        notes.add(
            "the token may not look at %s %s (%s)"
                .formatted(api.bucketWord(), bucket.name(), e.getMessage()));
        continue;
      }
      if (!found.exists()) {
        notes.add("there is no %s %s".formatted(api.bucketWord(), bucket.name()));
      }
      String difference = difference(bucket, found.retention());
      if (difference != null) {
        notes.add(difference);
      }
    }
    return notes;
  }

  private InfluxApi.Found find(Bucket bucket) throws IOException {
    try {
      return api.find(bucket.name());
    } catch (InfluxApi.Denied e) {
      return InfluxApi.Found.NOTHING; // a token that may only write; making it shows more
    }
  }

  /** Writing nothing shows whether something could be written. */
  private void mayWrite(Bucket bucket, String whyNotMade) throws IOException {
    InfluxAnswer answer = api.write(bucket.name(), "");
    if (answer.status() == 404) {
      throw new UserError(
          "%s has no %s %s, and the token may not make it (%s) -> make it, or give --store-token-file of a user who may"
              .formatted(api.address(), api.bucketWord(), bucket.name(), whyNotMade));
    }
    if (answer.denied()) {
      throw new UserError(
          "the token may not write into %s %s at %s (%s) -> let its user write there, or give another --store-token-file"
              .formatted(api.bucketWord(), bucket.name(), api.address(), answer));
    }
  }

  private @Nullable String difference(Bucket bucket, @Nullable Duration retention) {
    return retention == null || retention.equals(bucket.retention())
        ? null
        : "%s %s keeps %s, not %s; it stays as it is"
            .formatted(
                api.bucketWord(), bucket.name(), words(retention), words(bucket.retention()));
  }

  private static String words(Duration retention) {
    if (retention.isZero()) {
      return "for ever";
    }
    return retention.toHours() % 24 == 0
        ? "for " + Quantities.count(retention.toDays(), "day")
        : "for " + Quantities.count(retention.toHours(), "hour");
  }
}
