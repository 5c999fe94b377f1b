// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

/** What the files of a job say beside its measured energy. */
public sealed interface Figures permits BenchmarkFigures, SensorFigures {}
