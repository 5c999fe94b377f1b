// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComponentsTest {
  private final List<String> closed = new ArrayList<>();
  private final Components components = new Components();

  private void add(String name) {
    components.add(name, () -> closed.add(name));
  }

  private void addFailing(String name, Exception failure) {
    components.add(
        name,
        () -> {
          closed.add(name);
          throw failure;
        });
  }

  @Test
  void theLastAddedIsClosedFirst_eachOnce() throws Exception {
    AutoCloseable broker = () -> closed.add("broker");
    assertThat(components.add("broker", broker)).isSameAs(broker);
    add("store");
    add("streams");
    components.close();
    components.close();
    assertThat(closed).containsExactly("streams", "store", "broker");
  }

  @Test
  void allAreClosed_ifSomeFail_andEveryFailureIsReportedWithItsComponent() {
    Exception ofStreams = new IOException("no state");
    Exception ofBroker = new IllegalStateException("no disk");
    addFailing("broker", ofBroker);
    add("store");
    addFailing("streams", ofStreams);
    add("agent");
    assertThatThrownBy(components::close).isSameAs(ofStreams);
    assertThat(closed).containsExactly("agent", "streams", "store", "broker");
    assertThat(ofStreams.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("while closing: streams", "no disk");
    assertThat(ofBroker.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("while closing: broker");
  }

  @Test
  void afterAFailure_nothingIsClosedAgain() throws Exception {
    addFailing("broker", new IOException("no disk"));
    assertThatThrownBy(components::close).isInstanceOf(IOException.class);
    components.close();
    assertThat(closed).containsExactly("broker");
  }
}
