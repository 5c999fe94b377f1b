@NullMarked
package io.github.joulestream.store.history;

import org.jspecify.annotations.NullMarked;
