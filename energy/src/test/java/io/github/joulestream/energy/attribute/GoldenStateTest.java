// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.integrate.Calibration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * State that a release wrote is read by every later one, and the books continue from it as they did
 * then. The files never change. A release with another format raises the version in {@link
 * NodeFormats}, adds files of its own, and for older ones keeps the test of the books alone.
 */
class GoldenStateTest {
  private static final List<String> RELEASES = List.of("0.1.0", GoldenNode.RELEASE);

  private static byte[] golden(String release, String name) throws IOException {
    String path = "/golden/state/" + release + "/" + name;
    try (InputStream in = GoldenStateTest.class.getResourceAsStream(path)) {
      return requireNonNull(in, path).readAllBytes();
    }
  }

  /** The format is that of {@link GoldenNode#RELEASE}: what is written has not changed. */
  @Test
  void thisReleaseWritesTheBytesOfTheRelease() throws IOException {
    byte[] golden = golden(GoldenNode.RELEASE, "node-account.bin");
    assertThat(golden[0]).isEqualTo((byte) 'N');
    assertThat((int) golden[1]).isEqualTo(NodeFormats.CURRENT.version());
    assertThat(GoldenNode.state()).isEqualTo(golden);
  }

  @Test
  void whatTheReleaseWrote_isRestored_andWrittenAgainAsItWas() throws IOException {
    byte[] golden = golden(GoldenNode.RELEASE, "node-account.bin");
    for (String release : RELEASES) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      read(release).write(new DataOutputStream(bytes));
      assertThat(bytes.toByteArray()).as(release).isEqualTo(golden);
    }
  }

  private static NodeAccount read(String release) throws IOException {
    byte[] golden = golden(release, "node-account.bin");
    return NodeAccount.read(
        new DataInputStream(new ByteArrayInputStream(golden)), Limits.DEFAULT, Calibration.NONE);
  }

  /** Regular readings, late ones, allocations that end, and a meter that reports again. */
  @Test
  void theBooksContinueFromIt_asTheyDidThen() throws IOException {
    for (String release : RELEASES) {
      String expected = new String(golden(release, "node-account-books.txt"), UTF_8);
      assertThat(expected).contains("job a ", "job e ", "WHOLE_NODE_MILLIJOULES", "power of gpu2");
      assertThat(GoldenNode.booksFrom(golden(release, "node-account.bin")))
          .as(release)
          .isEqualTo(expected);
    }
  }

  /** A release that did not write which hold edge arrived first has the time of each arrival. */
  @Test
  void theAnchorsOfJobs_areInEveryRelease() throws IOException {
    Map<String, Long> seconds = Map.of("a", 20L, "b", 30L, "c", 200L, "d", 310L, "e", 800L);
    for (String release : RELEASES) {
      Allocations allocations = read(release).allocations;
      seconds.forEach((job, second) ->
          assertThat(requireNonNull(allocations.placement(job)).anchorEpochMillis())
              .as("%s of %s", job, release)
              .isEqualTo(1_700_000_040_000L + second * 1_000));
    }
  }
}
