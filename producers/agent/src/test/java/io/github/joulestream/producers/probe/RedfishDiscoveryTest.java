// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.producers.probe.RedfishDiscovery.Found;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which power of a controller is the node's: the controllers of several makers, in their form. */
class RedfishDiscoveryTest {
  private static final String CHASSIS = "/redfish/v1/Chassis";

  private static SSLContext certificate;
  private RedfishServer server;
  private NodeUuid own = new NodeUuid("", "its UUID cannot be read");

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws Exception {
    certificate = RedfishServer.certificate(folder);
  }

  @BeforeEach
  void start() throws Exception {
    server = new RedfishServer(certificate);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Found find(String id) throws Exception {
    RedfishOptions options =
        new RedfishOptions(server.address(), id, null, true, Duration.ofSeconds(5));
    try (RedfishClient client = new RedfishClient(options)) {
      return new RedfishDiscovery(client, own).find(id);
    }
  }

  /** The id of the chassis that is taken, and its power. */
  private String taken() throws Exception {
    Found found = find("");
    return "%s %.1f".formatted(found.chassis().id(), found.reading().watts());
  }

  private static String links(String... paths) {
    return Stream.of(paths)
        .map("{\"@odata.id\": \"%s\"}"::formatted)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private RedfishServer root(String chassis, String... members) {
    return server
        .with("/redfish/v1/", "{\"Chassis\": {\"@odata.id\": \"%s\"}}".formatted(chassis))
        .with(chassis, "{\"Members\": %s}".formatted(links(members)));
  }

  /** A chassis with its form, its links and its kinds of power. */
  private RedfishServer chassis(String path, String type, String links, String... power) {
    StringBuilder text = new StringBuilder();
    for (String name : power) {
      String slash = path.endsWith("/") ? "" : "/";
      text.append("\"%s\": {\"@odata.id\": \"%s%s%s\"}, ".formatted(name, path, slash, name));
    }
    return server.with(
        path, "{%s\"ChassisType\": \"%s\", \"Links\": {%s}}".formatted(text, type, links));
  }

  private static String control(String entries) {
    return "{\"PowerControl\": [%s]}".formatted(entries);
  }

  private static String environment(String watts) {
    return "{\"PowerWatts\": {\"Reading\": %s}, \"EnergykWh\": {\"Reading\": 7.5}}"
        .formatted(watts);
  }

  private static String system(String id) {
    return "\"ComputerSystems\": " + links("/redfish/v1/Systems/" + id);
  }

  // ---- makers

  /** iLO 5 and 6: every link ends in a slash. */
  @Test
  void hpe_withSlashesAtTheEnd() throws Exception {
    root(CHASSIS + "/", CHASSIS + "/1/");
    chassis(CHASSIS + "/1/", "RackMount", system("1/"), "Power");
    server.with(
        CHASSIS + "/1/Power",
        control("{\"MemberId\": \"0\", \"PowerConsumedWatts\": 93, \"PowerCapacityWatts\": 1600}"));
    assertThat(taken()).isEqualTo("1 93.0");
    assertThat(server.asked).noneMatch(path -> path.contains("//"));
    assertThat(find("1").chassis().id()).isEqualTo("1");
  }

  /** iLO 4: redirects that add a slash, links in the form before Redfish 1.0. */
  @Test
  void hpe_thatAddsASlash_withOldLinks() throws Exception {
    for (String address : List.of("", server.address().toString())) {
      server.redirects.put(CHASSIS, address + CHASSIS + "/");
      server.redirects.put(CHASSIS + "/1/Power", address + CHASSIS + "/1/Power/");
      server.with(
          CHASSIS + "/",
          "{\"links\": {\"Member\": [{\"href\": \"%s/1\"}]}, \"Total\": 1}".formatted(CHASSIS));
      server.with(
          CHASSIS + "/1",
          """
          {"ChassisType": "RackMount",
           "links": {"ComputerSystems": [{"href": "/rest/v1/Systems/1"}],
                     "PowerMetrics": {"href": "/redfish/v1/Chassis/1/Power"}}}
          """);
      server.with(CHASSIS + "/1/Power/", "{\"PowerConsumedWatts\": 82, \"PowerMetrics\": {}}");
      assertThat(taken()).isEqualTo("1 82.0");
      assertThat(find("1").reading().watts()).isEqualTo(82);
    }
  }

  @Test
  void hpe_beforeRedfish() throws Exception {
    server.with(
        "/rest/v1/Chassis", "{\"links\": {\"Member\": [{\"href\": \"/rest/v1/Chassis/1\"}]}}");
    server.with(
        "/rest/v1/Chassis/1",
        "{\"links\": {\"PowerMetrics\": {\"href\": \"/rest/v1/Chassis/1/P\"}}}");
    server.with("/rest/v1/Chassis/1/P", "{\"PowerConsumedWatts\": 91}");
    assertThat(taken()).isEqualTo("1 91.0");
  }

  /** iDRAC: an enclosure of drives comes first. */
  @Test
  void dell_besideAStorageEnclosure() throws Exception {
    String enclosure = CHASSIS + "/Enclosure.Internal.0-1:RAID.1";
    String own = CHASSIS + "/System.Embedded.1";
    root(CHASSIS, enclosure, own);
    chassis(
        enclosure, "Enclosure", "\"ContainedBy\": {\"@odata.id\": \"%s\"}".formatted(own), "Power");
    server.with(enclosure + "/Power", control("{\"PowerConsumedWatts\": 21}"));
    chassis(
        own,
        "RackMount",
        system("System.Embedded.1") + ", \"Contains\": " + links(enclosure),
        "EnvironmentMetrics",
        "Power");
    server.with(
        own + "/EnvironmentMetrics",
        "{\"PowerWatts\": {\"Reading\": null, "
            + "\"DataSourceUri\": \"%s/Sensors/SystemBoardPwrConsumption\"}}".formatted(own));
    server.with(
        own + "/Sensors/SystemBoardPwrConsumption",
        "{\"ReadingType\": \"Power\", \"ReadingUnits\": \"W\", \"Reading\": 341.0}");
    server.with(
        own + "/Power",
        control("{\"Name\": \"System Power Control\", \"PowerConsumedWatts\": 343}"));
    assertThat(taken()).isEqualTo("System.Embedded.1 341.0");
    server.resources.remove(own + "/Sensors/SystemBoardPwrConsumption");
    assertThat(taken()).isEqualTo("System.Embedded.1 343.0");
    assertThat(find("").notTaken())
        .containsExactly(
            "chassis Enclosure.Internal.0-1:RAID.1: a component of chassis System.Embedded.1");
  }

  /** XCC: processor and memory have entries of their own, in any order. */
  @Test
  void lenovo_ofSeveralEntriesTheWholeOne() throws Exception {
    root(CHASSIS, CHASSIS + "/1");
    chassis(CHASSIS + "/1", "RackMount", system("1"), "Power");
    List<String> entries =
        List.of(
            "{\"Name\": \"Server Power Control\", \"PowerConsumedWatts\": 410}",
            "{\"Name\": \"CPU Sub-system Power\", \"PowerConsumedWatts\": 190}",
            "{\"Name\": \"Power\", \"PhysicalContext\": \"Memory\", \"PowerConsumedWatts\": 44}",
            "{\"MemberId\": \"3\", \"PowerConsumedWatts\": 55}",
            "{}");
    for (int first = 0; first < entries.size(); first++) {
      List<String> turned =
          Stream.concat(entries.stream().skip(first), entries.stream().limit(first)).toList();
      server.with(CHASSIS + "/1/Power", control(String.join(", ", turned)));
      assertThat(taken()).as("%s", turned).isEqualTo("1 410.0");
    }
    server.with(CHASSIS + "/1/Power", control(entries.get(1) + ", " + entries.get(2)));
    assertThatThrownBy(this::taken).hasMessageContaining("holds components only");
  }

  /** Cisco says Rack of one server; Supermicro often gives no type and no link. */
  @Test
  void aServerThatSaysRack_orNothing_isTheNodeWhereItIsTheOnlyOne() throws Exception {
    root(CHASSIS, CHASSIS + "/1");
    server.with(CHASSIS + "/1/Power", control("{\"PowerConsumedWatts\": \"201\"}"));
    for (String type : List.of("Rack", "Other", "", "Enclosure")) {
      chassis(CHASSIS + "/1", type, system("WZP"), "Power");
      assertThat(taken()).as(type).isEqualTo("1 201.0");
      chassis(CHASSIS + "/1", type, "");
      assertThat(taken()).as(type).isEqualTo("1 201.0");
    }
  }

  /** A tray of NVIDIA: GPUs, the baseboard and the server itself, each with a power. */
  @Test
  void anHgxTray_isTheServer_notItsBaseboard() throws Exception {
    String server1 = CHASSIS + "/DGX";
    String board = CHASSIS + "/HGX_Chassis_0";
    root(CHASSIS, CHASSIS + "/HGX_GPU_SXM_1", board, CHASSIS + "/CPUBaseboard", server1);
    chassis(
        CHASSIS + "/HGX_GPU_SXM_1", "Component", system("HGX_Baseboard_0"), "EnvironmentMetrics");
    chassis(board, "RackMount", system("HGX_Baseboard_0"), "EnvironmentMetrics");
    chassis(CHASSIS + "/CPUBaseboard", "Module", system("DGX"), "Power");
    chassis(
        server1,
        "RackMount",
        "\"ComputerSystems\": "
            + links("/redfish/v1/Systems/DGX", "/redfish/v1/Systems/HGX_Baseboard_0"),
        "EnvironmentMetrics");
    server.with(CHASSIS + "/HGX_GPU_SXM_1/EnvironmentMetrics", environment("690"));
    server.with(board + "/EnvironmentMetrics", environment("5600"));
    server.with(server1 + "/EnvironmentMetrics", environment("8150.25"));
    assertThat(taken()).isEqualTo("DGX 8150.3");
    assertThat(find("").reading().kilowattHours()).isEqualTo(7.5);
    assertThat(find("").notTaken())
        .hasSize(3)
        .anyMatch(words -> words.startsWith("chassis HGX_Chassis_0: the baseboard"))
        .anyMatch(words ->
            words.equals("chassis CPUBaseboard: of the type Module: a component, not the node"));
    assertThat(server.asked)
        .as("parts are not asked")
        .noneMatch(path -> path.contains("GPU_SXM_1/"));
    // a baseboard's own controller: that is no node
    root(CHASSIS, board, CHASSIS + "/HGX_GPU_SXM_1");
    assertThatThrownBy(this::taken).hasMessageContaining("baseboard of the GPUs");
  }

  /** OpenBMC: a board within the case, where either may have the power. */
  @Test
  void openBmc_theOuterOne_orTheInnerOneIfOnlyThatSpeaks() throws Exception {
    String outer = CHASSIS + "/chassis";
    String inner = CHASSIS + "/board";
    root(CHASSIS, inner, outer);
    chassis(inner, "Sled", "\"ContainedBy\": {\"@odata.id\": \"%s/\"}".formatted(outer), "Power");
    server.with(inner + "/Power", control("{\"PowerConsumedWatts\": 250}"));
    chassis(outer, "RackMount", "", "Power");
    server.with(outer + "/Power", control("{\"PowerConsumedWatts\": 300}"));
    assertThat(taken()).isEqualTo("chassis 300.0");
    assertThat(find("board").reading().watts()).isEqualTo(250);
  }

  @Test
  void anEnclosureOfSeveralComputers_isNoNode() throws Exception {
    String enclosure = CHASSIS + "/Enclosure";
    String first = CHASSIS + "/Sled1";
    String second = CHASSIS + "/Sled2";
    root(CHASSIS, enclosure, first, second);
    chassis(enclosure, "RackMount", "\"Contains\": " + links(first, second), "Power");
    server.with(enclosure + "/Power", control("{\"PowerConsumedWatts\": 1900}"));
    chassis(first, "Sled", system("1"), "Power");
    server.with(first + "/Power", control("{\"PowerConsumedWatts\": 900}"));
    chassis(second, "Sled", system("2"), "Power");
    server.with(second + "/Power", control("{\"PowerConsumedWatts\": 800}"));
    assertThatThrownBy(this::taken)
        .hasMessageContaining("Sled1 and Sled2")
        .hasMessageContaining("--redfish-chassis");
    Found named = find("Sled2");
    assertThat(named.reading().watts()).isEqualTo(800);
    assertThat(named.why()).isEqualTo("it was named");
    // one sled: that is it, and the enclosure is not asked
    root(CHASSIS, enclosure, first);
    server.resources.remove(second);
    chassis(
        enclosure,
        "Enclosure",
        "\"ComputerSystems\": " + links("/redfish/v1/Systems/1", "/redfish/v1/Systems/2"),
        "Power");
    assertThat(taken()).isEqualTo("Sled1 900.0");
  }

  /** Sleds 1 and 2 of one controller, each with its computer and a UUID. */
  private void twoSleds(String firstUuid, String secondUuid) {
    root(CHASSIS, CHASSIS + "/Sled1", CHASSIS + "/Sled2");
    for (String i : List.of("1", "2")) {
      chassis(CHASSIS + "/Sled" + i, "Sled", system(i), "Power");
      server.with(
          CHASSIS + "/Sled" + i + "/Power", control("{\"PowerConsumedWatts\": %s00}".formatted(i)));
    }
    server.with("/redfish/v1/Systems/1", "{\"UUID\": \"%s\"}".formatted(firstUuid));
    server.with("/redfish/v1/Systems/2", "{\"UUID\": \"%s\"}".formatted(secondUuid));
  }

  @Test
  void ofSeveralComputers_theOneWithThisMachinesUuid_inEitherOrderOfBytes() throws Exception {
    String other = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    String uuid = "01234567-89ab-cdef-0123-456789abcdef";
    own = new NodeUuid(uuid, "");
    for (String said :
        List.of(
            uuid, "01234567-89AB-CDEF-0123-456789ABCDEF", "67452301-ab89-efcd-0123-456789abcdef")) {
      twoSleds(other, said);
      assertThat(taken()).as(said).isEqualTo("Sled2 200.0");
      twoSleds(said, other);
      assertThat(taken()).as(said).isEqualTo("Sled1 100.0");
    }
    assertThat(find("").why()).isEqualTo("its computer has this machine's UUID");
    assertThat(find("").notTaken())
        .containsExactly(
            "chassis Sled2: not of the computer with this machine's UUID, /redfish/v1/Systems/1");
    // the last part is never turned
    twoSleds(other, "01234567-89ab-cdef-2301-efcdab896745");
    assertThatThrownBy(this::taken).hasMessageContaining("--redfish-chassis");
  }

  @Test
  void aUuidThatDecidesNothing_isAskedOf() throws Exception {
    String uuid = "01234567-89ab-cdef-0123-456789abcdef";
    own = new NodeUuid(uuid, "");
    for (String said : List.of(uuid, "", "Not Settable", "00000000-0000-0000-0000-000000000000")) {
      twoSleds(said, said); // all boards of a maker, or no UUID at all
      assertThatThrownBy(this::taken)
          .as(said)
          .hasMessageContaining("not one alone has this machine's UUID " + uuid)
          .hasMessageContaining("--redfish-chassis");
    }
    own = new NodeUuid("", "its UUID cannot be read");
    twoSleds(uuid, "");
    assertThatThrownBy(this::taken)
        .hasMessageContaining("its UUID cannot be read")
        .hasMessageContaining("--redfish-chassis");
  }

  /** Its neighbour's power is not taken while its own is silent. */
  @Test
  void theOneWithThisMachinesUuid_thatGivesNoReading_isNotReplaced() throws Exception {
    own = new NodeUuid("01234567-89ab-cdef-0123-456789abcdef", "");
    twoSleds(own.text(), "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    server.with(CHASSIS + "/Sled1/Power", control("{\"PowerConsumedWatts\": 0}"));
    assertThatThrownBy(this::taken).hasMessageContaining("chassis Sled1: not usable");
  }

  @Test
  void aComputerOfItsOwn_isTakenWhateverUuidItSays() throws Exception {
    own = new NodeUuid("01234567-89ab-cdef-0123-456789abcdef", "");
    twoSleds("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "");
    root(CHASSIS, CHASSIS + "/Sled1");
    assertThat(taken()).isEqualTo("Sled1 100.0");
  }

  @Test
  void thisMachinesUuid_isReadWhereTheFirmwareGivesOne(@TempDir Path sys) throws Exception {
    SysTree tree = new SysTree(sys);
    assertThat(NodeUuid.of(sys).trouble()).contains("product_uuid cannot be read");
    for (String none :
        List.of(
            "",
            "Not Settable",
            "00000000-0000-0000-0000-000000000000",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF")) {
      tree.write("class/dmi/id/product_uuid", none);
      assertThat(NodeUuid.of(sys).text()).as(none).isEmpty();
      assertThat(NodeUuid.of(sys).trouble()).as(none).contains("product_uuid holds '");
    }
    tree.write("class/dmi/id/product_uuid", "4C4C4544-0042-3510-8052-C7C04F4D3332");
    assertThat(NodeUuid.of(sys).text()).isEqualTo("4c4c4544-0042-3510-8052-c7c04f4d3332");
  }

  // ---- no readings

  @Test
  void whatMeansThatThereIsNoReading_isNone() throws Exception {
    root(CHASSIS, CHASSIS + "/1");
    chassis(CHASSIS + "/1", "RackMount", system("1"), "EnvironmentMetrics", "Power");
    for (String none :
        List.of("0", "0.0", "-1", "null", "\"N/A\"", "4294967295", "65535", "\"\"", "2147483632")) {
      server.with(CHASSIS + "/1/Power", control("{\"PowerConsumedWatts\": %s}".formatted(none)));
      server.with(CHASSIS + "/1/EnvironmentMetrics", environment(none));
      assertThatThrownBy(this::taken)
          .as(none)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "chassis 1: not usable: " + CHASSIS + "/1/EnvironmentMetrics reports");
    }
    for (String state : List.of("Disabled", "Absent", "UnavailableOffline")) {
      String status = "\"Status\": {\"State\": \"%s\"}".formatted(state);
      server.with(
          CHASSIS + "/1/Power", control("{\"PowerConsumedWatts\": 300, %s}".formatted(status)));
      server.with(
          CHASSIS + "/1/EnvironmentMetrics",
          "{\"PowerWatts\": {\"Reading\": 300, %s}}".formatted(status));
      assertThatThrownBy(this::taken).hasMessageContaining("its power is " + state);
    }
    server.with(
        CHASSIS + "/1/Power",
        control("{\"PowerConsumedWatts\": 300, \"Status\": {\"State\": \"Enabled\"}}"));
    assertThat(taken()).isEqualTo("1 300.0");
  }

  @Test
  void aLesserOne_isNotTakenInPlaceOfTheNodesOwn_thatGivesNoReading() throws Exception {
    root(CHASSIS, CHASSIS + "/Riser", CHASSIS + "/1");
    chassis(CHASSIS + "/Riser", "Other", "", "Power");
    server.with(CHASSIS + "/Riser/Power", control("{\"PowerConsumedWatts\": 19}"));
    chassis(CHASSIS + "/1", "RackMount", system("1"), "Power");
    server.with(CHASSIS + "/1/Power", control("{\"PowerConsumedWatts\": 0}"));
    assertThatThrownBy(this::taken)
        .hasMessageContaining("chassis 1: not usable")
        .hasMessageContaining("chassis Riser: is not the node's own");
    server.with(CHASSIS + "/1/Power", control("{\"PowerConsumedWatts\": 240}"));
    assertThat(taken()).isEqualTo("1 240.0");
    assertThat(find("").notTaken()).hasSize(1).first().asString().startsWith("chassis Riser: ");
    // one that has no power at all is no such node
    server.resources.remove(CHASSIS + "/1/Power");
    assertThat(taken()).isEqualTo("Riser 19.0");
  }

  // ---- transport

  @Test
  void aRedirect_isFollowedOnlyToTheSameResourceHere() throws Exception {
    root(CHASSIS, CHASSIS + "/1");
    chassis(CHASSIS + "/1", "RackMount", "", "Power");
    server.with(CHASSIS + "/2/Power", control("{\"PowerConsumedWatts\": 1}"));
    server.with(CHASSIS + "/1/Power/", control("{\"PowerConsumedWatts\": 100}"));
    for (String location :
        List.of(
            "https://elsewhere.invalid" + CHASSIS + "/1/Power/",
            server.address().toString().replace("https", "http") + CHASSIS + "/1/Power/",
            CHASSIS + "/2/Power",
            CHASSIS + "/1/Power/?a=b",
            CHASSIS + "/1/Power",
            "//elsewhere.invalid" + CHASSIS + "/1/Power/",
            "")) {
      server.redirects.put(CHASSIS + "/1/Power", location);
      assertThatThrownBy(this::taken).as(location).hasMessageContaining("not followed");
    }
    server.redirects.put(CHASSIS + "/1/Power", "Power/");
    assertThat(taken()).isEqualTo("1 100.0");
    // and not in a circle
    server.redirects.put(CHASSIS + "/1/Power/", CHASSIS + "/1/Power");
    assertThatThrownBy(this::taken).hasMessageContaining("308");
  }

  @Test
  void anAnswerWithoutEnd_isNotReadToItsEnd() throws Exception {
    root(CHASSIS, CHASSIS + "/1");
    chassis(CHASSIS + "/1", "RackMount", "", "Power");
    String control = control("{\"PowerConsumedWatts\": 100}");
    server.with(CHASSIS + "/1/Power", " ".repeat((1 << 20) - control.length()) + control);
    assertThat(taken()).isEqualTo("1 100.0");
    server.with(CHASSIS + "/1/Power", " ".repeat((1 << 20) - control.length() + 1) + control);
    assertThatThrownBy(this::taken).isInstanceOf(IOException.class);
  }

  @Test
  void aCollectionOfPages_isReadWhole_andNotForEver() throws Exception {
    server.with(
        CHASSIS,
        "{\"Members\": %s, \"Members@odata.nextLink\": \"%s/more\"}"
            .formatted(links(CHASSIS + "/0"), CHASSIS));
    server.with(
        CHASSIS + "/more",
        "{\"Members\": %s, \"Members@odata.nextLink\": \"%s/more\"}"
            .formatted(links(CHASSIS + "/1"), CHASSIS));
    server.with(CHASSIS + "/1/Power", control("{\"PowerConsumedWatts\": 100}"));
    assertThat(taken()).isEqualTo("1 100.0");
    server.with(
        CHASSIS,
        "{\"Members\": %s}"
            .formatted(
                links(
                    Stream.iterate(0, i -> i + 1)
                        .limit(129)
                        .map(i -> CHASSIS + "/" + i)
                        .toArray(String[]::new))));
    assertThatThrownBy(this::taken).hasMessageContaining("more than 128");
  }
}
