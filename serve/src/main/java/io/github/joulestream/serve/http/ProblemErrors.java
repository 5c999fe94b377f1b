// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Errors that Jetty answers itself, in the form of all others: none of its own texts gets out. */
final class ProblemErrors extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    String path = String.valueOf(request.getHttpURI().getPath());
    Problem problem = ProblemText.ofServer(status < 400 ? 500 : status, path);
    SecurityHeaders.put(response.getHeaders(), path, request.isSecure());
    ProblemText.put(problem, response.getHeaders());
    response.write(true, ByteBuffer.wrap(ProblemText.body(problem, path)), callback);
    return true;
  }

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }
}
