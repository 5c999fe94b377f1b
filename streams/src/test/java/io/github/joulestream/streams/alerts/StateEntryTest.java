// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.joulestream.energy.UnknownStateFormatException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StateEntryTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @ParameterizedTest
  @EnumSource(StateSection.class)
  void anEntry_isReadAsItWasWritten(StateSection section) throws IOException {
    byte[] value = StateEntry.value(section, CONTENT);
    assertThat(value).hasSize(5).startsWith(section.code());
    StateEntry read = StateEntry.read(StateEntry.key(section, "n1\0a"), value);
    assertThat(read.section()).isEqualTo(section);
    assertThat(read.name()).isEqualTo("n1\0a");
    assertThat(read.version()).isEqualTo(section.format().version());
    assertThat(read.content()).isEqualTo(CONTENT);
  }

  /** Codes are in the store's keys: these are those of all releases. */
  @Test
  void codesOfSections_neverChange_andSortInTheOrderOfRestoration() {
    StringBuilder codes = new StringBuilder();
    char before = 0;
    for (StateSection section : StateSection.values()) {
      codes.append(section.name()).append(' ').append(section.code()).append(' ');
      assertThat(section.code()).isGreaterThan(before);
      before = section.code();
    }
    assertThat(codes.toString())
        .isEqualTo(
            "CLOCK a LABELS b JOB c POWER d FLOOR e BUDGET f ENERGY g WINDOW h ALARM i "
                + "CAPACITY j POOL_ORDER k POOL_PEAKS l ");
  }

  @ParameterizedTest
  @EnumSource(StateSection.class)
  void aValueOfALaterFormat_isANamedError(StateSection section) {
    byte[] value = StateEntry.value(section, CONTENT);
    value[1] = (byte) (section.format().version() + 1);
    UnknownStateFormatException thrown =
        catchThrowableOfType(
            UnknownStateFormatException.class,
            () -> StateEntry.read(StateEntry.key(section, "x"), value));
    assertThat(thrown.kind()).isEqualTo(section.format().kind());
    assertThat(thrown.isOfLaterRelease()).isTrue();
  }

  @Test
  void aSectionOfALaterRelease_isANamedError() {
    assertThatThrownBy(() -> StateEntry.read("mx", new byte[] {'m', 1, 0}))
        .isInstanceOf(UnknownStateFormatException.class)
        .hasMessageContaining("a section of alert state of format 109: a later release wrote it");
  }

  @Test
  void anythingElse_isNoEntry() {
    assertThatThrownBy(() -> StateEntry.read("", new byte[] {'a', 1}))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(UnknownStateFormatException.class);
    // of another section
    assertThatThrownBy(() -> StateEntry.read("ax", new byte[] {'b', 1, 0}))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(UnknownStateFormatException.class);
    assertThatThrownBy(() -> StateEntry.read("ax", new byte[] {'a'}))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> StateEntry.read("ax", new byte[0])).isInstanceOf(IOException.class);
  }
}
