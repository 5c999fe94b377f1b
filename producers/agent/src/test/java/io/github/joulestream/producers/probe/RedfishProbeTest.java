// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probe against a server that speaks HTTPS, with a certificate that nobody signed. */
class RedfishProbeTest extends ProbeContract {
  private static final String ENVIRONMENT = "/redfish/v1/Chassis/Self/EnvironmentMetrics";
  private static final String POWER = "/redfish/v1/Chassis/Self/Power";
  private static final Duration OFTEN = Duration.ofMillis(100);

  private static SSLContext certificate;

  @TempDir Path folder;
  private RedfishServer server;
  private boolean unplugged;

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws Exception {
    certificate = RedfishServer.certificate(folder);
  }

  @BeforeEach
  void controller() throws Exception {
    server = new RedfishServer(certificate);
    server.resources.put(
        "/redfish/v1/Chassis",
        """
        {"Members": [{"@odata.id": "/redfish/v1/Chassis/Riser"},
                     {"@odata.id": "/redfish/v1/Chassis/Self"}]}
        """);
    environment("412.5", "86412000.5", "24.003");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void environment(String watts, String joules, String kilowattHours) {
    server.resources.put(
        ENVIRONMENT,
        """
        {"Id": "EnvironmentMetrics", "PowerWatts": {"Reading": %s},
         "EnergyJoules": {"Reading": %s}, "EnergykWh": {"Reading": %s}}
        """
            .formatted(watts, joules, kilowattHours));
  }

  private URI address() {
    return server.address();
  }

  private RedfishProbe probe(String chassis, @Nullable Path credentials, boolean trustAny) {
    return new RedfishProbe(
        new RedfishOptions(address(), chassis, credentials, trustAny, OFTEN),
        folder,
        EpochClock.system());
  }

  @Override
  protected RedfishProbe probe() {
    return probe("", null, true);
  }

  @Override
  protected Probe absent() {
    server.resources.clear();
    return probe();
  }

  @Override
  protected void unplug() {
    server.close();
    unplugged = true;
  }

  @Override
  protected boolean stampsItself() {
    return true;
  }

  /** Waits for readings, or after the server is gone for the error. */
  @Override
  protected List<DeviceSeries> read(Probe probe, long epochMillis) throws IOException {
    for (int i = 0; i < 4_000; i++) {
      List<DeviceSeries> read = probe.read(epochMillis);
      if (!read.isEmpty() && !unplugged) {
        return read;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    throw new AssertionError("no readings in 20 s");
  }

  @Test
  void environmentMetrics_givePowerAndCounter_inOurUnits() throws Exception {
    long before = System.currentTimeMillis();
    try (RedfishProbe probe = probe()) {
      probe.open();
      DeviceSeries node = read(probe, NOW).getFirst();
      assertThat(node.device().id()).isEqualTo("redfish-Self");
      assertThat(node.device().kind()).isEqualTo(DeviceKind.NODE);
      assertThat(node.device().source()).isEqualTo(PowerSource.COUNTER);
      assertThat(node.readings().power(0)).isEqualTo(412_500);
      assertThat(node.readings().energy(0)).isEqualTo(86_412_000_500_000L);
      assertThat(node.readings().epochMillis()[0]).isBetween(before, System.currentTimeMillis());
      assertThat(probe.measures()).containsExactly(DeviceKind.NODE);
      assertThat(probe.details())
          .contains(
              new Detail("redfish-Self", "energy", "24 kWh"),
              new Detail("redfish-Self", "from", address() + "/redfish/v1/Chassis/Self"));
      environment("500", "86412001", "24.003");
      List<DeviceSeries> next = read(probe, NOW);
      while (next.getFirst().readings().power(next.getFirst().readings().size() - 1) != 500_000) {
        next = read(probe, NOW);
      }
    }
  }

  @Test
  void anOlderController_isAskedForItsPowerControl() throws Exception {
    server.resources.remove(ENVIRONMENT);
    server.resources.put(POWER, "{\"PowerControl\": [{\"PowerConsumedWatts\": 344}, {}]}");
    try (RedfishProbe probe = probe("Self", null, true)) {
      probe.open();
      DeviceSeries node = read(probe, NOW).getFirst();
      assertThat(node.device().source()).isEqualTo(PowerSource.SENSOR);
      assertThat(node.readings().power(0)).isEqualTo(344_000);
      assertThat(node.readings().energy(0)).isEqualTo(MISSING);
    }
  }

  @Test
  void aSensorThatIsOff_isNoZero() throws Exception {
    environment("null", "null", "null");
    try (RedfishProbe probe = probe()) {
      assertThatThrownBy(probe::open)
          .isInstanceOf(Probe.ProbeUnavailable.class)
          .hasMessageContaining("/redfish/v1/Chassis/Self/Power");
    }
    server.resources.put(POWER, "{\"PowerControl\": [{\"PowerConsumedWatts\": null}]}");
    try (RedfishProbe probe = probe()) {
      assertThatThrownBy(probe::open).hasMessageContaining("reports null W");
    }
  }

  @Test
  void aCertificateThatNobodySigned_isRefused_unlessSaidOtherwise() {
    try (RedfishProbe probe = probe("", null, false)) {
      assertThatThrownBy(probe::open)
          .isInstanceOf(Probe.ProbeUnavailable.class)
          .hasMessageContaining(address().toString())
          .hasMessageContaining("certification path");
    }
    assertThat(server.asked).isEmpty();
  }

  @Test
  void credentials_comeFromAFile_andAreNotShown() throws Exception {
    server.user =
        "Basic "
            + Base64.getEncoder().encodeToString("root:s3:cret".getBytes(StandardCharsets.UTF_8));
    Path file = Files.writeString(folder.resolve("credentials"), "root:s3:cret\n");
    try (RedfishProbe probe = probe("", file, true)) {
      probe.open();
      assertThat(read(probe, NOW)).hasSize(1);
      assertThat(probe.describe()).doesNotContain("cret").contains("whoever answers there");
    }
    try (RedfishProbe probe = probe()) {
      assertThatThrownBy(probe::open).hasMessageContaining("refuses this user (401");
    }
    Files.writeString(file, "root\n");
    try (RedfishProbe probe = probe("", file, true)) {
      assertThatThrownBy(probe::open).hasMessageContaining("is not user:password");
    }
    Files.delete(file);
    try (RedfishProbe probe = probe("", file, true)) {
      assertThatThrownBy(probe::open).hasMessageContaining("there is no file");
    }
  }

  @Test
  void aPathToElsewhere_isNotFollowed() {
    for (String path :
        List.of("https://elsewhere.invalid/redfish/v1", "//x/redfish", "/red%fish")) {
      server.resources.put(
          "/redfish/v1/Chassis", "{\"Members\": [{\"@odata.id\": \"%s\"}]}".formatted(path));
      try (RedfishProbe probe = probe()) {
        assertThatThrownBy(probe::open)
            .isInstanceOf(Probe.ProbeUnavailable.class)
            .hasMessageContaining("it names a resource");
      }
    }
  }

  @Test
  void aSlowController_delaysNobody() throws Exception {
    try (RedfishProbe probe = probe()) {
      probe.open();
      read(probe, NOW);
      CountDownLatch hanging = new CountDownLatch(1);
      server.slow = hanging;
      int asked = server.asked.size();
      // until it hangs
      while (server.asked.size() < asked + 1) {
        probe.read(NOW);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
      for (int i = 0; i < 1_000; i++) {
        probe.read(NOW);
      }
      assertThat(hanging.getCount()).as("it still hangs").isOne();
    }
  }

  @Test
  void aControllerThatStartsLate_isThereWhenItIsOpenedAgain() throws Exception {
    server.resources.remove(ENVIRONMENT);
    try (RedfishProbe probe = probe()) {
      assertThatThrownBy(probe::open).isInstanceOf(Probe.ProbeUnavailable.class);
      CountDownLatch hanging = new CountDownLatch(1);
      server.slow = hanging;
      // says what it knows, and waits for nothing
      assertThatThrownBy(probe::open).isInstanceOf(Probe.ProbeUnavailable.class);
      environment("412.5", "1", "1");
      server.slow = null;
      hanging.countDown();
      for (int i = 0; i < 4_000; i++) {
        try {
          probe.open();
          break;
        } catch (Probe.ProbeUnavailable _) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
      }
      Readings readings = read(probe, NOW).getFirst().readings();
      assertThat(readings.power(0)).isEqualTo(412_500);
    }
  }

  @Test
  void options_areChecked() {
    assertThatThrownBy(() -> new RedfishOptions(URI.create("http://bmc"), "", null, false, OFTEN))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("https://HOST");
    assertThatThrownBy(() -> new RedfishOptions(address(), "", null, false, Duration.ZERO))
        .isInstanceOf(UserError.class);
  }

  /** Two machines in one case behind one controller; the one that asks finds itself. */
  @Test
  void ofSeveralComputers_itIsTheOneWithThisMachinesUuid() throws Exception {
    server.resources.clear();
    server.resources.put(
        "/redfish/v1/Chassis",
        """
        {"Members": [{"@odata.id": "/redfish/v1/Chassis/A"},
                     {"@odata.id": "/redfish/v1/Chassis/B"}]}
        """);
    computer("A", "11111111-2222-3333-4444-555555555555", 101);
    computer("B", "33221100-5544-7766-8899-AABBCCDDEEFF", 202);
    new SysTree(folder).write("class/dmi/id/product_uuid", "00112233-4455-6677-8899-aabbccddeeff");
    try (RedfishProbe probe = probe()) {
      probe.open();
      DeviceSeries series = read(probe, 0).getFirst();
      assertThat(series.device().id()).isEqualTo("redfish-B");
      assertThat(series.readings().power(0)).isEqualTo(202_000);
    }
  }

  private void computer(String name, String uuid, int watts) {
    server.resources.put(
        "/redfish/v1/Chassis/" + name,
        """
        {"ChassisType": "Sled",
         "Links": {"ComputerSystems": [{"@odata.id": "/redfish/v1/Systems/%s"}]}}
        """
            .formatted(name));
    server.resources.put("/redfish/v1/Systems/" + name, "{\"UUID\": \"%s\"}".formatted(uuid));
    server.resources.put(
        "/redfish/v1/Chassis/%s/Power".formatted(name),
        "{\"PowerControl\": [{\"PowerConsumedWatts\": %d}]}".formatted(watts));
  }

  /** A mistake of ours over one answer must not end the thread, and with it the node's meter. */
  @Test
  void whateverGoesWrongOverOneAnswer_theNextIsAskedFor() throws Exception {
    AtomicInteger mistakes = new AtomicInteger(3);
    EpochClock clock =
        () ->
            switch (mistakes.getAndDecrement()) {
              case 3 -> throw new IllegalStateException("a mistake");
              case 2 -> throw new StackOverflowError();
              default -> 1_795_485_725_000L;
            };
    try (RedfishProbe probe =
        new RedfishProbe(new RedfishOptions(address(), "", null, true, OFTEN), folder, clock)) {
      assertThatThrownBy(probe::open)
          .isInstanceOf(Probe.ProbeUnavailable.class)
          .hasMessageContaining("its answer cannot be read");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      boolean open = false;
      while (!open && System.nanoTime() < end) {
        LockSupport.parkNanos(50_000_000);
        try {
          probe.open();
          open = true;
        } catch (Probe.ProbeUnavailable e) {
          // asked for again
        }
      }
      assertThat(open).isTrue();
    }
  }

  @Test
  void answersThatCostMoreThanTheyAreWorth_areNoAnswers() throws Exception {
    for (String answer :
        List.of(
            "{\"PowerWatts\": {\"Reading\": " + "[".repeat(200_000) + "}}",
            "{\"Members\": [" + "{},".repeat(300_000) + "{}]}",
            "{\"PowerWatts\": {\"Reading\": 1" + "0".repeat(500_000) + "}}",
            " ".repeat((1 << 20) + 1))) {
      server.resources.put(ENVIRONMENT, answer);
      server.resources.put(POWER, answer);
      try (RedfishProbe probe = probe()) {
        assertThatThrownBy(probe::open)
            .isInstanceOf(Probe.ProbeUnavailable.class)
            .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1_000));
      }
    }
  }

  /** A controller whose resources name one another without end. */
  @Test
  void sourcesAndPagesWithoutEnd_areNotFollowedWithoutEnd() throws Exception {
    for (int i = 0; i < 100; i++) {
      server.resources.put(
          "/redfish/v1/S" + i,
          "{\"PowerWatts\": {\"DataSourceUri\": \"/redfish/v1/S%d\"}}".formatted(i + 1));
      server.resources.put(
          "/redfish/v1/P" + i,
          "{\"Members@odata.nextLink\": \"/redfish/v1/P%d\"}".formatted(i + 1));
    }
    for (int i = 100; i < 300; i++) {
      server.resources.put(
          "/redfish/v1/P" + i,
          "{\"Members@odata.nextLink\": \"/redfish/v1/P%d\"}".formatted(i + 1));
    }
    server.resources.put(ENVIRONMENT, "{\"PowerWatts\": {\"DataSourceUri\": \"/redfish/v1/S0\"}}");
    try (RedfishProbe probe = probe()) {
      assertThatThrownBy(probe::open).isInstanceOf(Probe.ProbeUnavailable.class);
    }
    assertThat(server.asked.stream().filter(path -> path.contains("/S"))).hasSizeLessThan(20);
    server.resources.put("/redfish/v1/Chassis", "{\"Members@odata.nextLink\": \"/redfish/v1/P0\"}");
    try (RedfishProbe probe = probe()) {
      assertThatThrownBy(probe::open)
          .isInstanceOf(Probe.ProbeUnavailable.class)
          .hasMessageContaining("more than 128 pages");
    }
  }
}
