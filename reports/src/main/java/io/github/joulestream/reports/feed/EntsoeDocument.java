// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A market document of ENTSO-E's transparency platform (IEC 62325), as far as it is used. DTDs and
 * entities are refused: no such document has one.
 */
final class EntsoeDocument {
  private static final int TEXT = 1_000;
  private static final int DEPTH = 20;
  private static final int POINTS = 2_000_000;
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,20}(?:\\.\\d{1,20})?");

  /** Root element: {@code Publication_MarketDocument}, {@code GL_MarketDocument}, ... */
  String root = "";

  /** Document type, such as A44. */
  String type = "";

  /** When it was made, as it is written. */
  String created = "";

  /** Of an acknowledgement: why there are no data. */
  String reason = "";

  final List<Series> series = new ArrayList<>();

  /** A TimeSeries, numbered from 1. */
  static final class Series {
    final int number;
    String psrType = "";
    String currency = "";
    String unit = "";
    String curveType = "";
    String inZone = "";
    String outZone = "";
    final List<Period> periods = new ArrayList<>();

    Series(int number) {
      this.number = number;
    }

    String place() {
      return "TimeSeries " + number;
    }
  }

  /** A Period: values by position, from 1. */
  static final class Period {
    final int line;
    String start = "";
    String end = "";
    String resolution = "";
    final SortedMap<Integer, BigDecimal> points = new TreeMap<>();

    Period(int line) {
      this.line = line;
    }
  }

  private final Deque<String> path = new ArrayDeque<>();
  private int position;
  private int points;

  private EntsoeDocument() {}

  static EntsoeDocument parse(String xml) throws Refused {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    EntsoeDocument document = new EntsoeDocument();
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
      try {
        document.read(reader);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNumber();
      throw new Refused(
          "line %d: not XML: %s; was the download complete?"
              .formatted(line, String.valueOf(e.getMessage()).replaceAll("\\s+", " ")),
          e);
    }
    return document;
  }

  private void read(XMLStreamReader reader) throws XMLStreamException, Refused {
    StringBuilder text = new StringBuilder();
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          text.setLength(0);
          start(reader.getLocalName(), reader.getLocation().getLineNumber());
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (text.length() + reader.getTextLength() > TEXT && !reader.isWhiteSpace()) {
            throw new Refused(
                "line %d: a text of over %,d characters"
                    .formatted(reader.getLocation().getLineNumber(), TEXT));
          }
          text.append(reader.getText().strip());
        }
        case XMLStreamConstants.END_ELEMENT -> {
          end(text.toString(), reader.getLocation().getLineNumber());
          text.setLength(0);
        }
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new Refused(
                "line %d: has a DTD or an entity, which no document of ENTSO-E has"
                    .formatted(reader.getLocation().getLineNumber()));
        default -> {
          // comments and the like
        }
      }
    }
  }

  private void start(String name, int line) throws Refused {
    if (path.size() == DEPTH) {
      throw new Refused("line %d: elements are more than %d deep".formatted(line, DEPTH));
    }
    if (path.isEmpty()) {
      root = name;
    }
    path.addLast(name);
    switch (String.join("/", path).substring(root.length())) {
      case "/TimeSeries" -> series.add(new Series(series.size() + 1));
      case "/TimeSeries/Period" -> series.getLast().periods.add(new Period(line));
      case "/TimeSeries/Period/Point" -> position = 0;
      default -> {
        // has a text
      }
    }
  }

  private void end(String text, int line) throws Refused {
    String at = String.join("/", path).substring(root.length());
    path.removeLast();
    switch (at) {
      case "/type" -> type = text;
      case "/createdDateTime" -> created = text;
      case "/Reason/text" -> reason = text;
      case "/TimeSeries/MktPSRType/psrType" -> series.getLast().psrType = text;
      case "/TimeSeries/currency_Unit.name" -> series.getLast().currency = text;
      case "/TimeSeries/price_Measure_Unit.name", "/TimeSeries/quantity_Measure_Unit.name" ->
          series.getLast().unit = text;
      case "/TimeSeries/curveType" -> series.getLast().curveType = text;
      case "/TimeSeries/in_Domain.mRID", "/TimeSeries/inBiddingZone_Domain.mRID" ->
          series.getLast().inZone = text;
      case "/TimeSeries/out_Domain.mRID", "/TimeSeries/outBiddingZone_Domain.mRID" ->
          series.getLast().outZone = text;
      case "/TimeSeries/Period/timeInterval/start" -> period().start = text;
      case "/TimeSeries/Period/timeInterval/end" -> period().end = text;
      case "/TimeSeries/Period/resolution" -> period().resolution = text;
      case "/TimeSeries/Period/Point/position" -> position = position(text, line);
      case "/TimeSeries/Period/Point/price.amount", "/TimeSeries/Period/Point/quantity" ->
          point(text, line);
      default -> {
        // not used
      }
    }
  }

  private Period period() {
    return series.getLast().periods.getLast();
  }

  private static int position(String text, int line) throws Refused {
    if (!text.matches("[1-9]\\d{0,6}")) {
      throw new Refused("line %d: '%s' is no position".formatted(line, text));
    }
    return Integer.parseInt(text);
  }

  private void point(String text, int line) throws Refused {
    if (position == 0) {
      throw new Refused("line %d: a value without a position before it".formatted(line));
    }
    if (!NUMBER.matcher(text).matches()) {
      throw new Refused("line %d: '%s' is no number".formatted(line, text));
    }
    if (++points > POINTS) {
      throw new Refused("line %d: more than %,d values; split the file".formatted(line, POINTS));
    }
    if (period().points.putIfAbsent(position, new BigDecimal(text)) != null) {
      throw new Refused("line %d: position %d is there twice".formatted(line, position));
    }
  }
}
