// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that arrive slowly, over a real server. */
@Timeout(60)
class SlowBodiesTest {
  @Test
  void bodies_thatArriveSlowly_hinderNoOtherRequests_andAreCutOff() throws Exception {
    Route session =
        new Route("POST", "/api/v1/session", Set.of(), true, r -> Answer.json(r.body().length));
    HttpSettings.Limits limits =
        new HttpSettings.Limits(500, 50, 50, 64 << 10, 3_000, 60_000, 15_000);
    List<Socket> slow = new ArrayList<>();
    try (TestServer server =
        new TestServer(
            TestServer.settings(0, Set.of(), limits),
            List.of(session, Route.get("/api/v1/a", Set.of(), r -> Answer.json(1))))) {
      // more than requests are answered at once
      for (int i = 0; i < 300; i++) {
        Socket socket = server.connect();
        socket
            .getOutputStream()
            .write(
                "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"
                    .getBytes(UTF_8));
        slow.add(socket);
      }
      assertThat(server.get("/api/v1/a").statusCode()).isEqualTo(200);
      int refused = 0;
      for (Socket socket : slow) {
        // cut off, or refused at once
        String answer = new String(socket.getInputStream().readNBytes(12), UTF_8);
        refused += answer.equals("HTTP/1.1 503") ? 1 : 0;
      }
      assertThat(refused).isBetween(1, 299);
      assertThat(server.send("POST", "/api/v1/session", "{}").body()).isEqualTo("2");
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }
}
