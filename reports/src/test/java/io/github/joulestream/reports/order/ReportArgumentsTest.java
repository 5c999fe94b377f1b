// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.Grouping.By;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments of reports, as people write them. */
class ReportArgumentsTest {
  private static void assertUsage(Runnable action, String message) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue())
        .hasMessageContaining(message);
  }

  @Test
  void groupings_keepTheirOrder() {
    assertThat(
            ReportArguments.groupings(
                List.of(
                    "user",
                    " Project",
                    "label:model",
                    "day",
                    "node",
                    "kind",
                    "site",
                    "partition",
                    "label:arch")))
        .containsExactly(
            Grouping.of(By.USER),
            Grouping.of(By.PROJECT),
            new Grouping(By.LABEL, "model"),
            Grouping.of(By.DAY),
            Grouping.of(By.NODE),
            Grouping.of(By.KIND),
            Grouping.of(By.SITE),
            Grouping.of(By.PARTITION),
            new Grouping(By.LABEL, "arch"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"job", "users", "", "label:", "label", "model"})
  void anUnknownGrouping_isRefused(String name) {
    assertUsage(() -> ReportArguments.groupings(List.of("user", name)), "not '" + name + "'");
  }

  @Test
  void aGrouping_isThereOnce() {
    assertUsage(
        () -> ReportArguments.groupings(List.of("label:model", "user", "label:model")),
        "label:model twice");
  }

  @Test
  void labels_haveNamesAndOneValue() {
    assertThat(ReportArguments.labels(List.of("model=a=b", "phase=", "model=a=b")))
        .isEqualTo(Map.of("model", "a=b", "phase", ""));
    assertUsage(() -> ReportArguments.labels(List.of("model")), "not 'model'");
    assertUsage(() -> ReportArguments.labels(List.of("=x")), "not '=x'");
    assertUsage(() -> ReportArguments.labels(List.of("a=1", "a=2")), "two values, 1 and 2");
  }

  @Test
  void zones_areFound_orWhatIsLikeThem() {
    assertThat(ReportArguments.zone("Asia/Kolkata")).isEqualTo(ZoneId.of("Asia/Kolkata"));
    assertThat(ReportArguments.zone("+05:30")).isEqualTo(ZoneId.of("+05:30"));
    assertUsage(() -> ReportArguments.zone("Berlin"), "Europe/Berlin");
    assertUsage(() -> ReportArguments.zone("Europe/Berlim"), "alike: Europe/Berlin");
    assertUsage(() -> ReportArguments.zone(""), "'' is not a time zone");
  }

  @Test
  void namesAlike_areTheNearest() {
    Set<String> known = Set.of("ada", "adam", "grace", "edsger", "Grace2", "");
    assertThat(NamesAlike.of("grac", known)).containsExactly("grace", "Grace2");
    assertThat(NamesAlike.of("GRACE", known)).first().isEqualTo("grace");
    assertThat(NamesAlike.of("zzzz", known)).isEmpty();
    assertThat(NamesAlike.of("", known)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, MD",
        "-, PDF, PDF",
        "a.html, -, HTML",
        "a.HTM, -, HTML",
        "a.pdf, -, PDF",
        "a.csv, -, CSV",
        "a.json, -, JSON",
        "a.md, -, MD",
        "a.csv, FOCUS, FOCUS",
        "a.html, JSON, JSON",
      })
  void theForm_isTheOneAskedFor_orThatOfTheFile(
      @org.jspecify.annotations.Nullable Path out,
      @org.jspecify.annotations.Nullable ReportForm asked,
      ReportForm form) {
    assertThat(ReportForm.choose(Optional.ofNullable(asked), Optional.ofNullable(out), false))
        .isEqualTo(form);
  }

  @Test
  void aFolderWithoutAForm_getsHtml_andAnyOtherNameIsRefused() {
    Optional<Path> out = Optional.of(Path.of("reports.d"));
    assertThat(ReportForm.choose(Optional.empty(), out, true)).isEqualTo(ReportForm.HTML);
    assertUsage(() -> ReportForm.choose(Optional.empty(), out, false), "--format");
  }
}
