// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionTableTest {
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final SessionTable sessions = new SessionTable(now::get);

  private static Viewer viewer(String name) {
    return new Viewer(name, Role.USER, new TreeSet<>());
  }

  private static Identity until(String name, long epochMillis) {
    return new Identity(viewer(name), epochMillis, () -> true);
  }

  @Test
  void aSession_isFoundByItsIdAlone_untilTheTokenExpires() throws Access.Refusal {
    Sessions.Opened opened = sessions.open(until("alice", now.get() + 5_000));
    assertThat(opened.id()).matches("[A-Za-z0-9_-]{43}");
    assertThat(opened.seconds()).isEqualTo(5);
    assertThat(opened.toString()).doesNotContain(opened.id());
    assertThat(sessions.find(opened.id()).orElseThrow().viewer()).isEqualTo(viewer("alice"));
    assertThat(sessions.find(opened.id() + "x")).isEmpty();
    assertThat(sessions.find("")).isEmpty();
    now.addAndGet(4_999);
    assertThat(sessions.find(opened.id())).isPresent();
    now.addAndGet(1);
    assertThat(sessions.find(opened.id())).isEmpty();
    assertThat(sessions.size()).isZero();
  }

  @Test
  void aSession_lasts12HoursAtMost_andCanBeClosed() throws Access.Refusal {
    Sessions.Opened opened = sessions.open(until("alice", Long.MAX_VALUE));
    assertThat(opened.seconds()).isEqualTo(12 * 3600);
    Sessions.Opened second = sessions.open(until("alice", Long.MAX_VALUE));
    assertThat(second.id()).isNotEqualTo(opened.id());
    sessions.close(second.id());
    sessions.close("unknown");
    assertThat(sessions.find(second.id())).isEmpty();
    assertThat(sessions.find(opened.id())).isPresent();
    now.addAndGet(12 * 3600 * 1000);
    assertThat(sessions.find(opened.id())).isEmpty();
  }

  @Test
  void aSession_endsWithItsToken() throws Access.Refusal {
    AtomicBoolean holds = new AtomicBoolean(true);
    Sessions.Opened opened =
        sessions.open(new Identity(viewer("alice"), Long.MAX_VALUE, holds::get));
    assertThat(sessions.find(opened.id())).isPresent();
    holds.set(false);
    assertThat(sessions.find(opened.id())).isEmpty();
  }

  @Test
  void aViewerPushesOutTheOwnSessions_andNobodyElses() throws Access.Refusal {
    Sessions.Opened bob = sessions.open(until("bob", Long.MAX_VALUE));
    Sessions.Opened first = sessions.open(until("alice", Long.MAX_VALUE));
    for (int i = 1; i < SessionTable.MOST_OF_A_VIEWER; i++) {
      sessions.open(until("alice", Long.MAX_VALUE));
    }
    assertThat(sessions.find(first.id())).isPresent();
    sessions.open(until("alice", Long.MAX_VALUE));
    assertThat(sessions.find(first.id())).isEmpty();
    assertThat(sessions.find(bob.id())).isPresent();
    assertThat(sessions.size()).isEqualTo(SessionTable.MOST_OF_A_VIEWER + 1);
  }

  @Test
  void thereIsABound_andWhatIsOverMakesRoom() throws Access.Refusal {
    for (int i = 0; i < SessionTable.MOST; i++) {
      sessions.open(until("u" + i, now.get() + 60_000));
    }
    assertThatThrownBy(() -> sessions.open(until("late", Long.MAX_VALUE)))
        .isInstanceOf(Access.Refusal.class)
        .hasMessageContaining("too many sessions");
    now.addAndGet(60_000);
    sessions.open(until("late", Long.MAX_VALUE));
    assertThat(sessions.size()).isEqualTo(1);
  }
}
