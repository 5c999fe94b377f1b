// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

/**
 * A job on one of its nodes now.
 *
 * @param milliwatts its share of the node's power
 * @param gpuBasisPoints GPUs that it holds there, 10,000 is a whole GPU
 * @param gpuBusyBasisPoints of these the busy ones
 */
public record LiveJobNode(
    String node, long milliwatts, int gpuBasisPoints, int gpuBusyBasisPoints) {}
