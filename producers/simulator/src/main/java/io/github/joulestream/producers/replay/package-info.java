// SPDX-License-Identifier: Apache-2.0
/** Replay of recorded power traces: MLPerf Training, MLPerf Inference, nvidia-smi. */
@NullMarked
package io.github.joulestream.producers.replay;

import org.jspecify.annotations.NullMarked;
