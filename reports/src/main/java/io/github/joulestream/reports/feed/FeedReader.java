// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.SmallFile;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file of a site's supply. */
public final class FeedReader {
  /** Of a file; a year of values every five minutes is 10 MB. */
  private static final int MAX_BYTES = 256 << 20;

  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final FeedOptions options;

  public FeedReader(FeedOptions options) {
    this.options = options;
  }

  /**
   * Reads a file whole.
   *
   * @return its values, and what is refused of it
   * @throws UserError if it cannot be read, or is of no format as a whole
   */
  public FeedFile read(Path file) {
    try (InputStream in = SmallFile.namedStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new UserError("%s is larger than 256 MiB; split it".formatted(file));
      }
      return read(text(bytes));
    } catch (NoSuchFileException e) {
      throw new UserError("there is no file %s".formatted(file), e);
    } catch (IOException e) {
      throw new UserError("cannot read %s: %s".formatted(file, e.getMessage()), e);
    } catch (Refused e) {
      throw new UserError("%s: %s".formatted(file, e.text()), e);
    }
  }

  private static String text(byte[] bytes) throws Refused {
    if (bytes.length >= 2
        && ((bytes[0] == 'P' && bytes[1] == 'K')
            || ((bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b))) {
      throw new Refused("is compressed; unpack it first");
    }
    try {
      String text =
          UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new Refused("is not UTF-8; save it as UTF-8", e);
    }
  }

  private FeedFile read(String text) throws Refused {
    String start = text.stripLeading();
    if (start.isEmpty()) {
      throw new Refused("the file is empty");
    }
    boolean json = start.startsWith("{") || start.startsWith("[");
    FeedFormat format = options.format();
    if (format == null) {
      format = start.startsWith("<") ? FeedFormat.ENTSOE : json ? null : FeedFormat.CSV;
    }
    FeedCollector collector = new FeedCollector(options);
    if (format == FeedFormat.CSV) {
      new CsvFeed(collector).read(text);
      return collector.finish(FeedFormat.CSV);
    }
    if (format == FeedFormat.ENTSOE) {
      new EntsoeFeed(collector).read(start);
      return collector.finish(FeedFormat.ENTSOE);
    }
    return json(format, Json.parse(text), collector);
  }

  private static FeedFile json(@Nullable FeedFormat asked, Json root, FeedCollector collector)
      throws Refused {
    FeedFormat format = asked == null ? detect(root) : asked;
    switch (format) {
      case ELECTRICITY_MAPS -> new ElectricityMapsFeed(collector).read(root);
      case UK_CARBON_INTENSITY -> new UkCarbonIntensityFeed(collector).read(root);
      case WATTTIME -> new WattTimeFeed(collector).read(root);
      case RTE -> new RteFeed(collector).read(root);
      case CSV, ENTSOE -> throw new IllegalArgumentException(format + " is no JSON");
    }
    return collector.finish(format);
  }

  private static FeedFormat detect(Json root) throws Refused {
    if (WattTimeFeed.isOne(root)) {
      return FeedFormat.WATTTIME;
    }
    if (RteFeed.isOne(root)) {
      return FeedFormat.RTE;
    }
    if (UkCarbonIntensityFeed.isOne(root)) {
      return FeedFormat.UK_CARBON_INTENSITY;
    }
    if (ElectricityMapsFeed.isOne(root)) {
      return FeedFormat.ELECTRICITY_MAPS;
    }
    throw new Refused("is JSON of no known provider; give --format, one of " + FeedFormat.names());
  }
}
