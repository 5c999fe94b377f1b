// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

/**
 * A process that computes on a GPU.
 *
 * @param gpu the GPU's id: its UUID
 * @param pid the process, as the machine numbers it outside of containers
 * @param usedBytes GPU memory that it has, or {@code Readings.MISSING} if the driver does not know
 * @param gpuInstance MIG's number of the GPU instance that it is on, or -1
 * @param computeInstance MIG's number of the compute instance, or -1
 */
record GpuProcess(String gpu, long pid, long usedBytes, int gpuInstance, int computeInstance) {}
