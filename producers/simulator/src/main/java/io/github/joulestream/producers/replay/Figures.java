// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

/** Figures in the files of a job beside its measured energy. */
public sealed interface Figures permits BenchmarkFigures, SensorFigures {}
