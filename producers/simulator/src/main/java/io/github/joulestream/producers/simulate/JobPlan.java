// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.schemas.JobState;

/**
 * A job that was submitted and does not run yet.
 *
 * @param gpus that it wants of each node
 * @param nodes that it wants
 * @param lengthMillis until it ends, in whatever state
 * @param end how it ends if nothing else ends it before
 */
record JobPlan(
    User user,
    String project,
    Shape shape,
    int gpus,
    int nodes,
    long lengthMillis,
    JobState end,
    JobTraits traits) {}
