// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

/**
 * A GPU now.
 *
 * @param id on its node
 * @param utilisationBasisPoints -1 if it does not report it
 * @param temperatureDecidegrees {@link Integer#MIN_VALUE} if it is not known
 */
public record LiveGpu(
    String id, long milliwatts, int utilisationBasisPoints, int temperatureDecidegrees) {}
