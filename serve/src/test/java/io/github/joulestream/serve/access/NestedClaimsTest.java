// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NestedClaimsTest {
  private static final Map<String, Object> CLAIMS =
      Map.of(
          "realm_access", Map.of("roles", List.of("a", "b")),
          "resource_access", Map.of("js.app", Map.of("roles", List.of("c"))),
          "https://example.org/groups", "g",
          "number", 7,
          "object", Map.of());

  @Test
  void aNameIsThatOfAClaim_orAWayToOne() {
    assertThat(NestedClaims.values(CLAIMS, "realm_access.roles")).containsExactly("a", "b");
    assertThat(NestedClaims.values(CLAIMS, "resource_access.js.app.roles")).containsExactly("c");
    assertThat(NestedClaims.values(CLAIMS, "https://example.org/groups")).containsExactly("g");
  }

  @Test
  void whatIsNoText_isNoValue() {
    for (String name :
        List.of("", "absent", "number", "object", "number.x", ".", "realm_access", "a..b")) {
      assertThat(NestedClaims.values(CLAIMS, name)).as(name).isEmpty();
    }
  }
}
