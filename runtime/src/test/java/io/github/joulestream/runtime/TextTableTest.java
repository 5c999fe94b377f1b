// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.TextTable.Column;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    TextTable table =
        new TextTable(Column.left("site"), Column.right("energy"), Column.left("user"));
    table.row("dc1", "1.21 MJ", "ada").row("a-longer-name", "7 J", "");
    assertThat(table.lines())
        .containsExactly(
            "site            energy  user", //
            "dc1            1.21 MJ  ada",
            "a-longer-name      7 J");
    assertThat(table.toString())
        .isEqualTo(String.join(System.lineSeparator(), table.lines()) + System.lineSeparator());
  }

  @Test
  void withoutTitles_thereIsNoHeader() {
    assertThat(new TextTable(Column.left(""), Column.left("")).row("a", "b").lines())
        .containsExactly("a  b");
  }

  @Test
  void longCells_areCutInTheirMiddle_andCountCharacters() {
    TextTable table = new TextTable(Column.left("job", 8), Column.left("user"));
    table.row("training-run-17", "ada").row("\uD83D\uDD25\uD83D\uDD25", "bob");
    assertThat(table.lines())
        .containsExactly(
            "job       user", //
            "trai…-17  ada",
            "\uD83D\uDD25\uD83D\uDD25        bob");
    assertThat(TextTable.cut("12345678", 8)).isEqualTo("12345678");
  }

  @Test
  void noText_isMoreThanItsCell() {
    for (String text : HostileTexts.all()) {
      TextTable table = new TextTable(Column.left(text), Column.left("user", 12));
      table.row(text, text).row("end", "");
      assertThat(table.lines()).as(text).hasSize(3);
      assertThat(HostileTexts.unsafe(String.join("", table.lines()))).as(text).isEmpty();
    }
  }

  @Test
  void aRowHasAsManyCellsAsThereAreColumns() {
    TextTable table = new TextTable(Column.left("site"));
    assertThatThrownBy(() -> table.row("a", "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 cells for 1 columns");
  }
}
