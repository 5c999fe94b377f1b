// SPDX-License-Identifier: Apache-2.0
/**
 * Which job has which device: what prologs, schedulers and users report, for the agent of a node.
 */
@NullMarked
package io.github.joulestream.producers.jobs;

import org.jspecify.annotations.NullMarked;
