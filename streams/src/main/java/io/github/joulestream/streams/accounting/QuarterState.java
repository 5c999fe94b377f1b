// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.failure.DamagedStateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * A quarter of an hour of a job in the state: what it adds up to so far, under the details with
 * which it was last emitted.
 *
 * <pre>
 *   written   emission, one byte; the quarter as it is on the wire
 * </pre>
 *
 * <p>The details and the emission are written in the transaction of the record that they are of, so
 * after a crash it is known exactly what readers of the topic have.
 *
 * @param quarter its details are those of its last record; {@link JobDetails#NONE} before the first
 */
record QuarterState(JobQuarterHour quarter, Emission emission) {
  /** What was emitted of it. */
  enum Emission {
    /** No record at all. */
    NEVER(0),
    /** An earlier total. */
    EARLIER(1),
    /** All of it. */
    DONE(2);

    private final byte written;

    Emission(int written) {
      this.written = (byte) written;
    }

    private static Emission of(byte written) throws IOException {
      for (Emission emission : values()) {
        if (emission.written == written) {
          return emission;
        }
      }
      throw new IOException("its emission is " + written);
    }
  }

  /** A quarter of which nothing is known yet. */
  static QuarterState empty(String site, String job, long startEpochMillis, int windowMillis) {
    return new QuarterState(
        new JobQuarterHour(
            site, job, JobDetails.NONE, startEpochMillis, windowMillis, Totals.ofJob(), 0),
        Emission.NEVER);
  }

  /** As the store holds it. */
  static Serde<QuarterState> serde() {
    Serializer<JobQuarterHour> serializer = WireSerdes.jobQuarterHours().serializer();
    Deserializer<JobQuarterHour> deserializer = WireSerdes.jobQuarterHours().deserializer();
    return Serdes.serdeFrom(
        (topic, state) -> {
          byte[] quarter = serializer.serialize(topic, state.quarter);
          byte[] written = new byte[quarter.length + 1];
          written[0] = state.emission.written;
          System.arraycopy(quarter, 0, written, 1, quarter.length);
          return written;
        },
        (topic, written) -> {
          try {
            if (written.length == 0) {
              throw new IOException("it is empty");
            }
            return new QuarterState(
                deserializer.deserialize(topic, Arrays.copyOfRange(written, 1, written.length)),
                Emission.of(written[0]));
          } catch (IOException e) {
            throw new UncheckedIOException(
                new DamagedStateException("a quarter of an hour of a job", e));
          }
        });
  }

  /** With these totals, which are to be emitted, of this fragment. */
  QuarterState with(Totals<JobAmount> totals, long fragmentEpochMillis) {
    return new QuarterState(
        new JobQuarterHour(
            quarter.site(),
            quarter.job(),
            quarter.details(),
            quarter.windowStartEpochMillis(),
            quarter.windowMillis(),
            totals,
            fragmentEpochMillis),
        emission == Emission.NEVER ? Emission.NEVER : Emission.EARLIER);
  }

  /** After its totals were emitted under these details. */
  QuarterState emitted(JobDetails details) {
    return new QuarterState(with(details, quarter.totals()), Emission.DONE);
  }

  boolean isEmitted() {
    return emission == Emission.DONE;
  }

  /** True if a record has reported something under another user or project than these. */
  boolean isUnderOther(JobDetails details) {
    return emission != Emission.NEVER
        && !(Objects.equals(quarter.details().user(), details.user())
            && Objects.equals(quarter.details().project(), details.project()));
  }

  /**
   * What withdraws its last record: zeros under the user and the project of that one. It has no
   * name, partition and labels, which may be those that nobody may know any more.
   */
  JobQuarterHour withdrawal() {
    JobDetails last = quarter.details();
    return with(new JobDetails(last.user(), last.project(), "", "", Map.of()), Totals.ofJob());
  }

  private JobQuarterHour with(JobDetails details, Totals<JobAmount> totals) {
    return new JobQuarterHour(
        quarter.site(),
        quarter.job(),
        details,
        quarter.windowStartEpochMillis(),
        quarter.windowMillis(),
        totals,
        quarter.fragmentEpochMillis());
  }
}
