@NullMarked
package io.github.joulestream.benchmarks;

import org.jspecify.annotations.NullMarked;
