// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.producers.probe.PciAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NvidiaNumberingTest {
  private static final String UUID = "-1111-2222-3333-444444444444";

  private static NvidiaNumbering.Instance instance(
      String name, int place, int gi, int ci, String profile) {
    return new NvidiaNumbering.Instance(
        "MIG-" + name + UUID, place, gi, ci, "NVIDIA A100-SXM4-40GB MIG " + profile);
  }

  /** GPU 0 in two unlike instances, GPU 1 whole, GPU 2 in instances that are all alike. */
  private static final NvidiaNumbering MIXED =
      new NvidiaNumbering(
          List.of(
              new NvidiaNumbering.Gpu(
                  "GPU-0a0a0a0a" + UUID,
                  0,
                  2,
                  PciAddress.parse("0000:07:00.0"),
                  List.of(
                      instance("0a0a0a01", 0, 2, 0, "3g.20gb"),
                      instance("0a0a0a02", 1, 9, 0, "1g.5gb+me"))),
              new NvidiaNumbering.Gpu(
                  "GPU-1b1b1b1b" + UUID, 1, 0, PciAddress.parse("0000:47:00.0"), List.of()),
              new NvidiaNumbering.Gpu(
                  "GPU-2c2c2c2c" + UUID,
                  2,
                  1,
                  PciAddress.parse("0001:07:00.0"),
                  List.of(
                      instance("2c2c2c01", 0, 7, 0, "1g.5gb"),
                      instance("2c2c2c02", 1, 8, 0, "1g.5gb")))));

  @ParameterizedTest
  @CsvSource({
    "0, GPU-0a0a0a0a",
    "1, GPU-1b1b1b1b",
    "/dev/nvidia2, GPU-0a0a0a0a",
    "nvidia0, GPU-1b1b1b1b", // GKE
    "nvidia2/gi9, MIG-0a0a0a02",
    "nvidia1/gi8, MIG-2c2c2c02",
    "0.2, MIG-0a0a0a01", // DCGM
    "0.9, MIG-0a0a0a02",
    "2.7, MIG-2c2c2c01",
    "0:1, MIG-0a0a0a02", // the container toolkit
    "2:0, MIG-2c2c2c01",
    "00000000:47:00.0, GPU-1b1b1b1b",
    "0001:07:00.0, GPU-2c2c2c2c",
    "07:00.0, GPU-0a0a0a0a",
    "GPU-1b1b, GPU-1b1b1b1b",
    "MIG-2c2c2c02, MIG-2c2c2c02",
    "gpu.nvidia.com/gpu-0, GPU-1b1b1b1b", // by minor number
    "gpu.nvidia.com/gpu-2, GPU-0a0a0a0a",
    "gpu.nvidia.com/gpu-2-mig-3g20gb-9-0, MIG-0a0a0a01",
    "gpu.nvidia.com/gpu-2-mig-1g5gb-me-20-4, MIG-0a0a0a02",
    "gpu.nvidia.com/gpu-1-mig-19-5-1, MIG-2c2c2c01", // without a profile, but all are alike
  })
  void everyName_meansOneDevice(String name, String device) {
    assertThat(MIXED.find(name)).isEqualTo(device + UUID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3",
        "0.0",
        "0.1",
        "1.0",
        "0:2",
        "1:0",
        "/dev/nvidia3",
        "nvidia0/gi1",
        "nvidiactl",
        "0000:48:00.0",
        "GPU-2",
        "GPU-3d3d3d3d",
        "MIG-0a0a0a0",
        "MIG-2c2c",
        "card0",
        "gpu.nvidia.com/gpu-3",
        "gpu.nvidia.com/gpu-vfio-0",
        "gpu.nvidia.com/gpu-2-mig-9-0-4",
        "gpu.nvidia.com/gpu-2-mig-2g10gb-14-0",
        "gpu.amd.com/gpu-0-128",
        "",
      })
  void whatIsNotCertain_meansNothing(String name) {
    assertThat(MIXED.find(name)).isNull();
  }

  @Test
  void namesOfOldDrivers_sayGpuAndBothIds() {
    String gpu = "MIG-GPU-2c2c2c2c" + UUID;
    assertThat(MIXED.find(gpu + "/8/0")).isEqualTo("MIG-2c2c2c02" + UUID);
    assertThat(MIXED.find(gpu + "/8/1")).isNull();
    assertThat(MIXED.find("MIG-GPU-1b1b1b1b" + UUID + "/8/0")).isNull();
  }

  @ParameterizedTest
  @CsvSource({"3g.20gb, 3g.20gb, true", "3g.20gb, 1g.5gb, false"})
  void whereTheDriverGivesNoInstanceIds_instancesThatAreAlikeAreAllTheSamePart(
      String first, String second, boolean understood) {
    NvidiaNumbering names =
        new NvidiaNumbering(
            List.of(
                new NvidiaNumbering.Gpu(
                    "GPU-9" + UUID,
                    0,
                    0,
                    null,
                    List.of(instance("1", 0, -1, -1, first), instance("2", 1, -1, -1, second)))));
    assertThat(names.find("0.1")).isEqualTo(understood ? "MIG-1" + UUID : null);
    assertThat(names.find("0.2")).isEqualTo(understood ? "MIG-1" + UUID : null);
    assertThat(names.find("0:1")).isEqualTo("MIG-2" + UUID);
  }

  /** Slurm counts instances and GPUs in one row. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "2", "3", "/dev/nvidia0", "/dev/nvidia1"})
  void aSchedulersNumber_meansNothingWhereThereAreInstances(String name) {
    assertThat(MIXED.find(GpuNumbering.COUNTED + name)).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void withoutInstances_aNumberIsTheIndex_andAFileTheMinorNumber(long seed) {
    List<Integer> minors = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7));
    Collections.shuffle(minors, new Random(seed));
    List<NvidiaNumbering.Gpu> gpus = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      gpus.add(new NvidiaNumbering.Gpu("GPU-" + i + UUID, i, minors.get(i), null, List.of()));
    }
    Collections.shuffle(gpus, new Random(seed));
    NvidiaNumbering names = new NvidiaNumbering(gpus);
    for (int i = 0; i < 8; i++) {
      String id = "GPU-" + i + UUID;
      assertThat(names.find(GpuNumbering.COUNTED + i)).isEqualTo(id);
      assertThat(names.find(GpuNumbering.COUNTED + "/dev/nvidia" + minors.get(i))).isEqualTo(id);
    }
  }
}
