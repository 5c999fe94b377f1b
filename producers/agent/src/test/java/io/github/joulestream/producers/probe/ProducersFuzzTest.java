// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.producers.input.Fuzz;
import io.github.joulestream.producers.input.Json;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a controller says, over bytes that were changed. */
class ProducersFuzzTest {
  @Test
  void resourcesOfRedfish() {
    Fuzz.run(
        "Redfish",
        Fuzz.texts(
            """
            {"Id": "EnvironmentMetrics", "PowerWatts": {"Reading": 412.5,
              "DataSourceUri": "/redfish/v1/S1", "Status": {"State": "Enabled"}},
             "EnergyJoules": {"Reading": 86412000.5}, "EnergykWh": {"Reading": "24.003"}}
            """,
            """
            {"PowerControl": [{"Name": "System Power Control", "PowerConsumedWatts": 344,
              "PhysicalContext": "Chassis"}, {"Name": "CPU", "PowerConsumedWatts": 7}]}
            """,
            """
            {"ChassisType": "RackMount", "Links": {"ComputerSystems": [{"@odata.id": "/redfish/v1/Systems/1"}],
              "ContainedBy": {"@odata.id": "/redfish/v1/Chassis/R"}, "Contains": []},
             "Power": {"@odata.id": "/redfish/v1/Chassis/1/Power"}}
            """,
            "{\"ReadingType\": \"Power\", \"ReadingUnits\": \"W\", \"Reading\": 1e3}"),
        100,
        Set.of(IOException.class),
        input -> {
          JsonNode json = Json.tree(input, 1 << 20);
          RedfishReading reading = RedfishReading.of(json);
          assertThat(Double.isNaN(reading.watts()) || reading.watts() > 0).isTrue();
          RedfishChassis chassis = RedfishChassis.of("/redfish/v1/Chassis/1", json);
          RedfishChassis other = RedfishChassis.of("/redfish/v1/Chassis/2/", json);
          List<RedfishChassis> all = List.of(chassis, other);
          assertThat(chassis.rank(all)).isNotNull();
          assertThat(RedfishChassis.computersOfCandidates(all)).hasSizeLessThan(1_000);
        });
  }
}
