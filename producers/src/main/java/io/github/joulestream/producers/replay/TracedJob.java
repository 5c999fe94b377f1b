// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobRecord;
import java.util.List;

/** A job as its files tell it: at its end, and where it ran. */
record TracedJob(JobRecord ended, List<String> nodes, List<DeviceShare> gpus) {}
