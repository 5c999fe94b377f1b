// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisibilityTest {
  private static Visibility of(String name, Role role, boolean sitesForAll, String... projects) {
    return new Visibility(new Viewer(name, role, new TreeSet<>(List.of(projects))), sitesForAll);
  }

  /** Alice with the projects p1 and p2. */
  @ParameterizedTest
  @CsvSource({
    // role, own job, own job elsewhere, other's job in p1, in p9, of nobody in p1, of nobody
    "USER,    true, true, false, false, false, false",
    "MANAGER, true, true, true,  false, true,  false",
    "VIEWER,  true, true, true,  true,  true,  true",
    "ADMIN,   true, true, true,  true,  true,  true",
  })
  void aJob_isShown_byRole(
      Role role,
      boolean own,
      boolean ownElsewhere,
      boolean inProject,
      boolean elsewhere,
      boolean nobodys,
      boolean unknown) {
    Visibility alice = of("alice", role, true, "p1", "p2");
    assertThat(alice.job("alice", "p1")).isEqualTo(own);
    assertThat(alice.job("alice", "p9")).isEqualTo(ownElsewhere);
    assertThat(alice.job("bob", "p1")).isEqualTo(inProject);
    assertThat(alice.job("bob", "p9")).isEqualTo(elsewhere);
    assertThat(alice.job("", "p1")).isEqualTo(nobodys);
    assertThat(alice.job("", "")).isEqualTo(unknown);
    assertThat(alice.sumOf("bob", "p1")).isEqualTo(inProject);
    assertThat(alice.sumOf("bob", "p9")).isEqualTo(elsewhere);
    assertThat(alice.sumOf("alice", "p9")).isEqualTo(ownElsewhere);
  }

  @ParameterizedTest
  @CsvSource({
    // role, sum of own project, of another, of jobs without one, pipeline, all
    "USER,    true, false, false, false, false",
    "MANAGER, true, false, false, false, false",
    "VIEWER,  true, true,  true,  false, true",
    "ADMIN,   true, true,  true,  true,  true",
  })
  void sumsAndThePipeline_areShown_byRole(
      Role role, boolean own, boolean other, boolean none, boolean pipeline, boolean all) {
    Visibility alice = of("alice", role, true, "p1");
    assertThat(alice.sumOf("p1")).isEqualTo(own);
    assertThat(alice.sumOf("p9")).isEqualTo(other);
    assertThat(alice.sumOf("")).isEqualTo(none);
    assertThat(alice.pipeline()).isEqualTo(pipeline);
    assertThat(alice.all()).isEqualTo(all);
    assertThat(alice.projects()).containsExactlyElementsOf(all ? List.of() : List.of("p1"));
  }

  @ParameterizedTest
  @CsvSource({"USER, false", "MANAGER, false", "VIEWER, true", "ADMIN, true"})
  void sites_areForAll_orForStaff(Role role, boolean staff) {
    assertThat(of("alice", role, true).sites()).isTrue();
    assertThat(of("alice", role, false).sites()).isEqualTo(staff);
  }

  /** A machine's token without a user has no jobs: not those whose user is not known either. */
  @Test
  void whoIsNobody_ownsNothing() {
    Visibility nobody = of("", Role.USER, true, "p1");
    assertThat(nobody.isOwn("")).isFalse();
    assertThat(nobody.job("", "")).isFalse();
    assertThat(nobody.job("", "p1")).isFalse();
    assertThat(nobody.sumOf("p1")).isTrue();
    assertThat(of("alice", Role.USER, true).job("Alice", "")).isFalse();
  }
}
