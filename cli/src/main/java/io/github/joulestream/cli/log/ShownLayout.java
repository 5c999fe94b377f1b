// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli.log;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.pattern.ExtendedThrowableProxyConverter;
import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.pattern.ThreadConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.ShownUrl;

/**
 * A pattern whose {@code %msg}, {@code %ex} and {@code %thread} show texts from outside safely:
 * names and keys get into messages, also of libraries, and must neither act on a terminal nor look
 * like another line of the log. Of URLs in them no password is shown.
 */
final class ShownLayout extends PatternLayout {
  ShownLayout() {
    getInstanceConverterMap().put("msg", ShownMessage::new);
    getInstanceConverterMap().put("ex", ShownThrowable::new);
    getInstanceConverterMap().put("thread", ShownThread::new);
  }

  /** A message is one line. */
  private static final class ShownMessage extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return ShownText.of(ShownUrl.within(String.valueOf(super.convert(event))));
    }
  }

  /** Threads of clients are named after their ids. */
  private static final class ShownThread extends ThreadConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return ShownText.of(super.convert(event));
    }
  }

  /** Every line of a stack's trace begins with a tab, whatever the message of its exception. */
  private static final class ShownThrowable extends ExtendedThrowableProxyConverter {
    @Override
    protected String throwableProxyToString(IThrowableProxy throwable) {
      return ShownText.indented(ShownUrl.within(super.throwableProxyToString(throwable)));
    }
  }
}
