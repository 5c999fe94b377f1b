// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.serve.access.Credentials;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;

/** Headers of a request, for who checks who asks. */
record SentHeaders(HttpFields fields) implements Credentials.Headers {
  @Override
  public List<String> values(String name) {
    return fields.getValuesList(name);
  }

  @Override
  public Set<String> names() {
    return fields.getFieldNamesCollection();
  }
}
