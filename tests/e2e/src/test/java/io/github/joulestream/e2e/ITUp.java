// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code up} takes of its machine, and what it does when it does not get it. */
class ITUp {
  private static final int NODES = Integer.getInteger("up.nodes", 8);
  private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("up.seconds", 25));
  private static final int ROUNDS = Integer.getInteger("up.rounds", 1);

  /** What ten minutes of 8 nodes may take. */
  private static final long MAX_BYTES = 300L << 20;

  // 64 KiB for each column of each table and of each log of one, and for what a minute adds
  private static final long FIRST_MINUTE_BYTES = 120L << 20;

  @TempDir Path folder;

  private Program up(Path data, String... more) throws IOException {
    return Program.start(
        Stream.concat(
                Stream.of(
                    "up",
                    "--simulate",
                    Integer.toString(NODES),
                    "--data",
                    data.toString(),
                    "--kafka-port",
                    "0",
                    "--store-port",
                    "0"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void itTakesLittleDisk_measuredInBlocks() throws Exception {
    Path data = folder.resolve("data");
    try (Program up = up(data)) {
      up.awaitLine("first energy in the store");
      long end = System.nanoTime() + LENGTH.toNanos();
      long most = 0;
      while (System.nanoTime() - end < 0) {
        most = Math.max(most, blocks(data));
        assertThat(up.isAlive()).as(up.output()).isTrue();
        Thread.sleep(500); // time is what is measured
      }
      System.out.printf(
          "up with %d nodes takes at most %d MB of disk within %d s%n",
          NODES, most >> 20, LENGTH.toSeconds());
      assertThat(most).isLessThan(LENGTH.toSeconds() <= 60 ? FIRST_MINUTE_BYTES : MAX_BYTES);
      assertThat(up.output()).containsPattern("  disk   about 300 MiB .* [0-9.]+ [MGT]iB free");
      up.interrupt();
      up.await();
    }
  }

  /** As du(1) counts: files may have holes. */
  private static long blocks(Path folder) throws IOException, InterruptedException {
    Process du =
        new ProcessBuilder("du", "-sk", folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD) // files that are gone meanwhile
            .start();
    String first = du.inputReader().readLine();
    du.waitFor();
    return Long.parseLong(first.split("\\s", 2)[0]) * 1024;
  }

  @Test
  void twoAtOnce_haveTheirOwnPorts() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      // the same defaults for both
      try (Program one = Program.start("up", "--simulate", "1", "--for", "5s", "--no-agent");
          Program other = Program.start("up", "--simulate", "1", "--for", "5s", "--no-agent")) {
        assertThat(one.await()).as(one.output()).isZero();
        assertThat(other.await()).as(other.output()).isZero();
        for (String what : List.of("Kafka  127.0.0.1:(\\d+)", "store  http://127.0.0.1:(\\d+)")) {
          assertThat(find(one, what)).as("round %d", round).isNotEqualTo(find(other, what));
        }
        assertThat(one.output()).contains("difference 0 mJ");
        assertThat(other.output()).contains("difference 0 mJ");
      }
    }
  }

  private static String find(Program program, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(program.output());
    assertThat(matcher.find()).as(program.output()).isTrue();
    return matcher.group(1);
  }

  @Test
  void aNamedPortThatIsTaken_endsWithALineThatSaysWhoHasIt() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (String option : List.of("--kafka-port", "--store-port")) {
        String other = option.equals("--kafka-port") ? "--store-port" : "--kafka-port";
        try (Program up =
            Program.start("up", "--simulate", "1", other, "0", option, "" + taken.getLocalPort())) {
          assertThat(up.await()).as(up.output()).isEqualTo(1);
          assertThat(up.output())
              .contains("port " + taken.getLocalPort() + " is in use by process ")
              .contains("choose another with " + option + " PORT")
              .doesNotContain("\tat ");
        }
      }
    }
  }

  @Test
  void metricsAndHealth_areOnTheLoopbackAddress_withEnergy() throws Exception {
    Path data = folder.resolve("data");
    try (Program up = up(data, "--metrics-port", "0")) {
      up.awaitLine(" running; ");
      String url = find(up, "(http://127\\.0\\.0\\.1:\\d+)/metrics and /health");
      Await.until(
          "energy of the site",
          () -> metric(ask(url + "/metrics"), "joulestream_site_energy_joules_total") > 0);
      String metrics = ask(url + "/metrics");
      assertThat(metric(metrics, "joulestream_site_power_watts")).isGreaterThan(100);
      assertThat(metrics)
          .contains(
              "joulestream_streams_running{topology=\"accounting\"} 1",
              "joulestream_streams_running{topology=\"alerts\"} 1");
      assertThat(ask(url + "/health")).startsWith("ok");
      assertThat(openToOthers(data)).isEmpty();
      up.interrupt();
      up.await();
    }
  }

  /**
   * What others can enter or read: the folder, and what is in it even if the folder itself kept
   * nobody out. What is in a folder that keeps others out need not.
   */
  private static List<String> openToOthers(Path data) throws IOException {
    List<String> open = new ArrayList<>();
    Files.walkFileTree(
        data,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            return look(folder) || folder.equals(data)
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            look(file);
            return FileVisitResult.CONTINUE;
          }

          private boolean look(Path path) throws IOException {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
            if (!mode.endsWith("------")) {
              open.add(mode + " " + path);
            }
            return !mode.endsWith("------");
          }
        });
    return open;
  }

  private static double metric(String metrics, String name) {
    Matcher value =
        Pattern.compile("^" + name + "\\{site=\"simulated\"} (\\S+)$", Pattern.MULTILINE)
            .matcher(metrics);
    return value.find() ? Double.parseDouble(value.group(1)) : 0;
  }

  private static String ask(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void doctor_seesThatNothingArrives() throws Exception {
    Path data = folder.resolve("data");
    try (Program up = up(data)) {
      up.awaitLine(" running; ");
      String[] doctor = {
        "doctor",
        "--kafka",
        find(up, "Kafka  (127.0.0.1:\\d+)"),
        "--store-url",
        find(up, "store  (http://127.0.0.1:\\d+)")
      };
      Await.until(
          "all is well",
          Duration.ofMinutes(5),
          () -> {
            try (Program well = Program.start(doctor)) {
              return well.await() == 0 && well.output().contains("newest window of site simulated");
            }
          });
      up.kill();
      // a password comes by the environment, and is shown nowhere
      String url = doctor[4].replace("//", "//alice:s3cret@");
      try (Program gone =
          Program.start(
              Map.of("JOULESTREAM_STORE_URL", url), "doctor", "--verbose", doctor[1], doctor[2])) {
        assertThat(gone.await()).isEqualTo(1);
        assertThat(gone.output())
            .contains("FAIL Kafka", "FAIL store", "reached at " + doctor[4])
            .doesNotContain("s3cret", "alice");
      }
    }
  }

  @Test
  void aDiskThatBecomesFull_isSaid_andNothingIsLost() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", disk.toString())
            .redirectErrorStream(true)
            .start();
    assumeThat(mount.waitFor()).as("needs to mount a small tmpfs, as root").isZero();
    try {
      Path data = disk.resolve("data");
      Path filler = disk.resolve("filler");
      // little room is left: it stops in order; none at all: the broker cannot write any more
      for (long left : new long[] {30L << 20, 0}) {
        try (Program up = up(data)) {
          up.awaitLine(" running; ");
          fill(filler, left);
          assertThat(up.await()).as(up.output()).isEqualTo(1);
          assertThat(up.output())
              .containsPattern("disk full: \\S+data has [0-9.]+ [KM]?i?B free; this run has ended")
              .contains("make room, and the same command continues from here");
        }
        Files.delete(filler);
        try (Program again = up(data, "--for", "5s")) {
          assertThat(again.await()).as(again.output()).isZero();
          assertThat(again.output()).contains("everything is in the store", "difference 0 mJ");
        }
      }
      fill(filler, 100L << 20);
      try (Program tooLittle = up(data)) {
        assertThat(tooLittle.await()).isEqualTo(1);
        assertThat(tooLittle.output())
            .contains("disk full: ")
            .contains("--data DIR on another disk");
      }
    } finally {
      assertThat(new ProcessBuilder("umount", disk.toString()).start().waitFor()).isZero();
    }
  }

  private static void fill(Path filler, long leftBytes) {
    byte[] block = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (Files.getFileStore(filler).getUsableSpace() > leftBytes) {
        out.write(block);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void aThreadThatDies_endsItsProcess() throws Exception {
    try (Program dying =
        Program.startMain(DyingMain.class.getName(), Map.of(), "the store's own Error")) {
      assertThat(dying.await()).isEqualTo(1);
      assertThat(dying.output())
          .contains("thread worker died, so this process ends")
          .contains("the store's own Error")
          .contains("stopped in order");
    }
  }

  @Test
  void whatAKilledRunLeaves_theNextOneTidies() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Map<String, String> environment =
        Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary.toAbsolutePath());
    String[] command = {
      "up", "--simulate", "1", "--no-agent", "--kafka-port", "0", "--store-port", "0"
    };
    try (Program up = Program.start(environment, command)) {
      up.awaitLine("first energy in the store");
      Await.until(
          "no file of a library that is loaded",
          () -> left(temporary).stream().noneMatch(file -> file.toString().contains(".so")));
      up.kill();
    }
    assertThat(left(temporary)).as("its data").hasSize(1);
    try (Program version = Program.start(environment, "version")) {
      assertThat(version.await()).isZero();
    }
    assertThat(left(temporary)).isEmpty();
  }

  private static List<Path> left(Path temporary) throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.filter(file -> !file.getFileName().toString().startsWith("hsperf")).toList();
    }
  }
}
