/** Benchmarks of the programs and of their steps, and programs to compare them with. */
@NullMarked
package io.github.joulestream.benchmarks;

import org.jspecify.annotations.NullMarked;
