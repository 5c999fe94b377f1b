// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.stream.FakeAlert;
import io.github.joulestream.serve.stream.FakeSite;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SiteStatesTest {
  private final FakeSite site = new FakeSite("s", 4, 2);
  private final SiteStates states =
      new SiteStates(() -> FakeSite.NOW, Map.of(), CarbonBasis.Scope.LIFECYCLE);

  private int firing(String user, Role role, boolean sitesForAll) {
    Viewer viewer = new Viewer(user, role, new TreeSet<>());
    return states.of(site, new Visibility(viewer, sitesForAll)).alertsFiring();
  }

  @Test
  void alertsFiring_areThoseThatTheViewerMaySee() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    site.run("c/2", "bob", "ocean", 5_000_000, 1);
    site.alerts.add(FakeAlert.of(Scope.SITE, "power of s is high"));
    site.alerts.add(FakeAlert.of(Scope.job("c/1"), "job c/1"));
    site.alerts.add(FakeAlert.of(Scope.job("c/2"), "job c/2"));
    site.alerts.add(FakeAlert.of(Scope.user("bob"), "of bob"));
    assertThat(firing("", Role.VIEWER, true)).isEqualTo(4);
    assertThat(firing("ada", Role.USER, true)).isEqualTo(2);
    assertThat(firing("bob", Role.USER, true)).isEqualTo(3);
    assertThat(firing("ada", Role.USER, false)).isEqualTo(1);
  }

  @Test
  void zoneOfASite_isUtc_unlessItIsSet() {
    assertThat(states.of(site, site.jobs(), 0).zone()).isEqualTo("UTC");
  }
}
