// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.joulestream.producers.input.Fifo;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Laws of the spool over generated input, and what it does when its folder fails. */
class SpoolTest {
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 60);
  private static final long SEED = Long.getLong("laws.seed", 1);
  private static final long LARGE = 64 << 20;

  @TempDir Path root;

  private static Message message(int number) {
    return new Message("telemetry", "lab/n1", ("message " + number).getBytes(UTF_8));
  }

  private static Message message(int number, int bytes) {
    byte[] value = new byte[bytes];
    byte[] text = ("message " + number).getBytes(UTF_8);
    System.arraycopy(text, 0, value, 0, text.length);
    return new Message("telemetry", "lab/n1", value);
  }

  private static int number(Message message) {
    return Integer.parseInt(new String(message.value(), UTF_8).strip().replaceAll("\\D", ""));
  }

  private static List<Integer> take(Spool spool, int most) {
    List<Spool.Entry> entries = spool.oldest(Integer.MAX_VALUE, most);
    if (!entries.isEmpty()) {
      spool.acknowledge(entries.getLast().number() + 1);
    }
    return entries.stream().map(entry -> number(entry.message())).toList();
  }

  private static List<Integer> takeAll(Spool spool) {
    List<Integer> all = new ArrayList<>();
    for (List<Integer> some = take(spool, 100); !some.isEmpty(); some = take(spool, 100)) {
      all.addAll(some);
    }
    return all;
  }

  private static List<Path> segments(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".spool")).sorted().toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Copies what a crash of the process would leave: all that was written, and no more. */
  private static Path crash(Path folder, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  /** Under the usual umask, 022, they would be everybody's to read. */
  @Test
  void nobodyElseCanReadItsFiles() throws IOException {
    Path folder = root.resolve("state/spool");
    try (Spool spool = Spool.open(folder, LARGE)) {
      spool.append(message(1));
      spool.append(message(2));
      assertThat(take(spool, 1)).containsExactly(1);
    }
    try (Stream<Path> files = Files.walk(root.resolve("state"))) {
      assertThat(files)
          .hasSizeGreaterThanOrEqualTo(5)
          .contains(folder.resolve("sent"), folder.resolve("lock"))
          .allSatisfy(file ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .endsWith("------"));
    }
  }

  @Test
  void whateverIsDoneToIt_itGivesEachOnceAndInOrder() throws IOException {
    System.out.printf("SpoolTest seed %d, %d rounds%n", SEED, ROUNDS);
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED * 1_000_003 + round);
      Path folder = root.resolve("round");
      // sometimes so little memory that all comes from disk
      int memory = random.nextBoolean() ? 64 << 10 : 200;
      Spool spool = Spool.open(folder, LARGE, memory);
      int appended = 0;
      List<Integer> taken = new ArrayList<>();
      for (int step = 0; step < 60; step++) {
        switch (random.nextInt(6)) {
          case 0, 1, 2 -> {
            for (int i = random.nextInt(200); i >= 0; i--) {
              spool.append(message(appended++, 12 + random.nextInt(3_000)));
            }
          }
          case 3 -> taken.addAll(take(spool, 1 + random.nextInt(50)));
          case 4 -> taken.addAll(takeAll(spool));
          default -> {
            spool.close();
            spool = Spool.open(folder, LARGE, memory);
          }
        }
        assertThat(spool.waiting()).isEqualTo(appended - taken.size());
      }
      taken.addAll(takeAll(spool));
      assertThat(taken).as("round %d", round).hasSize(appended).isSorted();
      assertThat(taken.getLast()).isEqualTo(appended - 1);
      assertThat(spool.dropped()).isZero();
      // what was sent is gone
      assertThat(spool.diskBytes()).isLessThan(512 << 10);
      assertThat(segments(folder)).hasSizeLessThanOrEqualTo(1);
      spool.close();
      delete(folder);
    }
  }

  @Test
  void cutAtAnyByte_itGivesWhatIsWhole_andGoesOn() throws IOException {
    Path folder = root.resolve("whole");
    try (Spool spool = Spool.open(folder, LARGE)) {
      for (int i = 0; i < 5; i++) {
        spool.append(message(i));
      }
    }
    Path segment = segments(folder).getFirst();
    byte[] whole = Files.readAllBytes(segment);
    int length = Segment.encode(message(0)).length;
    for (int cut = 0; cut <= whole.length; cut++) {
      Path torn = crash(folder, root.resolve("torn"));
      try (RandomAccessFile file =
          new RandomAccessFile(torn.resolve(segment.getFileName()).toFile(), "rw")) {
        file.setLength(cut);
      }
      try (Spool spool = Spool.open(torn, LARGE)) {
        int left = Math.max(0, (cut - 4) / length);
        assertThat(spool.waiting()).as("cut at %d", cut).isEqualTo(left);
        spool.append(message(77));
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < left; i++) {
          expected.add(i);
        }
        expected.add(77);
        assertThat(takeAll(spool)).as("cut at %d", cut).isEqualTo(expected);
        assertThat(spool.dropped()).isZero();
      }
      delete(torn);
    }
  }

  @Test
  void aByteThatChanged_costsWhatFollowsInItsSegment_andIsCounted() throws IOException {
    Random random = new Random(SEED);
    Path folder = root.resolve("whole");
    int count = 400;
    try (Spool spool = Spool.open(folder, 1 << 20, 1_000)) { // segments of 128 KiB
      for (int i = 0; i < count; i++) {
        spool.append(message(i, 1_000));
      }
    }
    assertThat(segments(folder)).hasSizeGreaterThan(2);
    for (int round = 0; round < ROUNDS; round++) {
      Path damaged = crash(folder, root.resolve("damaged"));
      List<Path> files = segments(damaged);
      Path victim = files.get(random.nextInt(files.size() - 1));
      byte[] bytes = Files.readAllBytes(victim);
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(victim, bytes);
      try (Spool spool = Spool.open(damaged, 1 << 20, 1_000)) {
        List<Integer> all = takeAll(spool);
        assertThat(all).as("round %d", round).isSorted().doesNotHaveDuplicates();
        assertThat(all.getLast()).isEqualTo(count - 1);
        assertThat(spool.dropped()).isPositive().isEqualTo(count - all.size());
      }
      delete(damaged);
    }
  }

  @Test
  void aCrash_losesNothing_andOnlyRepeatsWhatWasJustSent() throws IOException {
    Path folder = root.resolve("one");
    try (Spool spool = Spool.open(folder, LARGE)) {
      for (int i = 0; i < 10; i++) {
        spool.append(message(i));
      }
      assertThat(take(spool, 4)).containsExactly(0, 1, 2, 3);
      // sent, but its answer never came
      assertThat(spool.oldest(Integer.MAX_VALUE, 2)).hasSize(2);
      Path left = crash(folder, root.resolve("left"));
      try (Spool next = Spool.open(left, LARGE)) {
        assertThat(takeAll(next)).containsExactly(4, 5, 6, 7, 8, 9);
      }
      // without the hint of how far it was sent, repeats, and nothing worse
      Path hintless = crash(folder, root.resolve("hintless"));
      Files.write(hintless.resolve("sent"), new byte[] {1, 2, 3});
      try (Spool next = Spool.open(hintless, LARGE)) {
        assertThat(takeAll(next)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      }
    }
  }

  @Test
  void full_theOldestGoFirst_andAreCounted() throws IOException {
    int limit = 1 << 20;
    int count = 5_000;
    Path folder = root.resolve("full");
    try (Spool spool = Spool.open(folder, limit)) {
      for (int i = 0; i < count; i++) {
        spool.append(message(i, 1_000));
        assertThat(spool.diskBytes()).isLessThanOrEqualTo(limit);
      }
      long size = 0;
      for (Path segment : segments(folder)) {
        size += Files.size(segment);
      }
      assertThat(size).isEqualTo(spool.diskBytes()).isGreaterThan(limit * 3 / 4);
      long waiting = spool.waiting();
      assertThat(spool.dropped()).isPositive().isEqualTo(count - waiting);
      List<Integer> left = takeAll(spool);
      assertThat(left).hasSize((int) waiting).isSorted();
      assertThat(left.getFirst()).isEqualTo(count - (int) waiting);
      assertThat(left.getLast()).isEqualTo(count - 1);
    }
  }

  @Test
  void aFolderThatTakesNothing_isKeptInMemory_andGoesOnWhenItIsMended() throws IOException {
    Path folder = root.resolve("not a folder");
    Files.writeString(folder, "in the way");
    try (Spool spool = Spool.open(folder.resolve("spool"), LARGE, 10_000)) {
      for (int i = 0; i < 100; i++) {
        spool.append(message(i, 1_000));
      }
      assertThat(spool.trouble()).isPresent();
      assertThat(spool.waiting()).isEqualTo(9);
      assertThat(spool.dropped()).isEqualTo(91);
      assertThat(take(spool, 5)).containsExactly(91, 92, 93, 94, 95);
      Files.delete(folder);
      spool.append(message(100, 1_000));
      assertThat(spool.trouble()).isEmpty();
      for (int i = 101; i < 200; i++) {
        spool.append(message(i, 1_000));
      }
      List<Integer> rest = takeAll(spool);
      // what was only in memory had to make room for what is on disk too
      assertThat(rest).isSorted().endsWith(199).contains(100);
      assertThat(rest.size() + 5 + spool.dropped()).isEqualTo(200);
      assertThat(spool.waiting()).isZero();
    }
  }

  @Test
  void aReadOnlyFolder_stillGivesWhatIsInIt() throws IOException {
    Path folder = root.resolve("read-only");
    try (Spool spool = Spool.open(folder, LARGE)) {
      spool.append(message(1));
      spool.append(message(2));
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeThat(Files.isWritable(folder))
          .as("needs a user who is not root: root writes into read-only folders")
          .isFalse();
      try (Spool spool = Spool.open(folder, LARGE)) {
        spool.append(message(3));
        assertThat(spool.trouble()).isPresent();
        assertThat(takeAll(spool)).containsExactly(1, 2, 3);
      }
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aFifoInTheFoldersPlace_isNotWaitedFor() throws Exception {
    Path fifo = root.resolve("fifo");
    Fifo.make(fifo);
    try (Spool spool = Spool.open(fifo, LARGE)) {
      assertThat(spool.trouble()).get().asString().contains(fifo + ": it is no folder");
    }
  }

  @Test
  void twoAgentsWithOneSpool_areRefused() {
    Path folder = root.resolve("shared");
    try (Spool spool = Spool.open(folder, LARGE)) {
      assertThat(spool.trouble()).isEmpty();
      assertThatThrownBy(() -> Spool.open(folder, LARGE).close())
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another agent uses the spool")
          .hasMessageContaining("--spool DIR");
    }
    Spool.open(folder, LARGE).close();
  }

  /** A message with a right checksum, whatever its parts say of their lengths. */
  private static byte[] forged(int topicLength, int keyLength) {
    byte[] encoded = Segment.encode(message(7));
    encoded[8] = (byte) topicLength;
    encoded[8 + 1 + "telemetry".length()] = (byte) (keyLength >> 8);
    encoded[8 + 2 + "telemetry".length()] = (byte) keyLength;
    CRC32C crc = new CRC32C();
    crc.update(encoded, 0, 4);
    crc.update(encoded, 8, encoded.length - 8);
    ByteBuffer.wrap(encoded).putInt(4, (int) crc.getValue());
    return encoded;
  }

  private static List<String> setAside(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".damaged"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aRightChecksumOverWrongLengths_isDamage_andSetAside() throws IOException {
    for (byte[] forged :
        new byte[][] {forged(255, 6), forged(9, 0xffff), forged(9, 30), forged(40, 6)}) {
      for (int before : new int[] {0, 3}) {
        Path folder = root.resolve("forged");
        try (Spool spool = Spool.open(folder, LARGE)) {
          for (int i = 0; i < 3; i++) {
            spool.append(message(i));
          }
        }
        Path segment = segments(folder).getFirst();
        if (before == 0) {
          Files.write(segment, new byte[] {'J', 'S', 'P', '1'});
        }
        Files.write(segment, forged, StandardOpenOption.APPEND);
        try (Spool spool = Spool.open(folder, LARGE)) {
          assertThat(spool.damaged()).isEqualTo(1);
          assertThat(spool.waiting()).isEqualTo(before);
          spool.append(message(9));
          assertThat(spool.trouble()).isEmpty();
          assertThat(takeAll(spool)).hasSize(before + 1).endsWith(9);
        }
        assertThat(setAside(folder)).containsExactly("0000000000000000000.spool.damaged");
        delete(folder);
      }
    }
  }

  @Test
  void damageInTheMiddleOfABacklog_isSetAside_andWhatFollowsIsSent() throws IOException {
    Path folder = root.resolve("backlog");
    try (Spool spool = Spool.open(folder, 1 << 20, 1_000)) { // segments of 128 KiB
      for (int i = 0; i < 400; i++) {
        spool.append(message(i, 1_000));
      }
    }
    Path second = segments(folder).get(1);
    byte[] bytes = Files.readAllBytes(second);
    byte[] forged = forged(255, 6);
    System.arraycopy(forged, 0, bytes, 4, forged.length);
    Files.write(second, bytes);
    try (Spool spool = Spool.open(folder, 1 << 20, 1_000)) {
      List<Integer> all = takeAll(spool);
      assertThat(all).isSorted().startsWith(0).endsWith(399);
      assertThat(spool.dropped()).isEqualTo(400 - all.size()).isPositive();
      assertThat(spool.damaged()).isEqualTo(1);
    }
    assertThat(setAside(folder)).containsExactly(second.getFileName() + ".damaged");
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void filesThatCannotBeSegments_areSetAside_andOnlyAFewOfThemStay() throws Exception {
    Path folder = Files.createDirectories(root.resolve("odd"));
    Files.writeString(folder.resolve("9999999999999999999.spool"), "JSP1");
    Files.createDirectory(folder.resolve("0000000000000000001.spool"));
    try (RandomAccessFile large =
        new RandomAccessFile(folder.resolve("0000000000000000002.spool").toFile(), "rw")) {
      large.setLength(1L << 40);
    }
    Fifo.make(folder.resolve("0000000000000000003.spool"));
    Fifo.make(folder.resolve("sent"));
    Files.createSymbolicLink(folder.resolve("0000000000000000004.spool"), Path.of("/dev/zero"));
    for (int i = 0; i < 5; i++) {
      Files.writeString(folder.resolve("999999999999999999%d.spool".formatted(i)), "JSP1");
    }
    try (Spool spool = Spool.open(folder, LARGE)) {
      assertThat(spool.damaged()).isEqualTo(10);
      spool.append(message(1));
      assertThat(takeAll(spool)).containsExactly(1);
    }
    assertThat(setAside(folder))
        .hasSizeLessThanOrEqualTo(5)
        .contains("9999999999999999999.spool.damaged");
  }

  /** A crash between the beginning of a segment and its first message, while others wait. */
  @Test
  void aSegmentWithoutAMessage_isNotInTheWayOfTheNext() throws IOException {
    Path folder = root.resolve("empty");
    try (Spool spool = Spool.open(folder, LARGE)) {
      spool.append(message(0));
    }
    Files.write(folder.resolve("0000000000000000001.spool"), new byte[] {'J', 'S', 'P', '1', 0, 0});
    try (Spool spool = Spool.open(folder, LARGE)) {
      spool.append(message(1));
      assertThat(spool.trouble()).isEmpty();
    }
    try (Spool spool = Spool.open(folder, LARGE)) {
      assertThat(takeAll(spool)).containsExactly(0, 1);
    }
  }
}
