// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.runtime.ShownText;
import java.io.IOException;
import java.io.Writer;
import java.util.function.UnaryOperator;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Elements that are well-formed and escaped by construction; attributes are name, value pairs. */
final class Markup {
  private final XMLStreamWriter xml;
  private final UnaryOperator<String> characters;

  Markup(Writer out) throws IOException {
    this(out, ShownText::of);
  }

  /**
   * With other rules for texts.
   *
   * @param characters what a text is written as; as XML can have it
   */
  Markup(Writer out, UnaryOperator<String> characters) throws IOException {
    this.characters = characters;
    try {
      xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  /** What is written to the XML writer. */
  private interface Call {
    void run() throws XMLStreamException;
  }

  private Markup write(Call call) throws IOException {
    try {
      call.run();
      return this;
    } catch (XMLStreamException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e);
    }
  }

  /** Writes the document type of HTML. */
  Markup doctype() throws IOException {
    return write(() -> xml.writeDTD("<!DOCTYPE html>"));
  }

  Markup open(String element, String... attributes) throws IOException {
    return write(() -> {
      xml.writeStartElement(element);
      attributes(attributes);
    });
  }

  /** An element without content. */
  Markup empty(String element, String... attributes) throws IOException {
    return write(() -> {
      xml.writeEmptyElement(element);
      attributes(attributes);
    });
  }

  private void attributes(String... attributes) throws XMLStreamException {
    for (int i = 0; i < attributes.length; i += 2) {
      if (attributes[i].equals("xmlns")) {
        xml.writeDefaultNamespace(attributes[i + 1]);
      } else {
        xml.writeAttribute(attributes[i], characters.apply(attributes[i + 1]));
      }
    }
  }

  Markup text(String text) throws IOException {
    return write(() -> xml.writeCharacters(characters.apply(text)));
  }

  /** A text of several lines that is our own, as a style is. */
  Markup lines(String text) throws IOException {
    return write(() -> xml.writeCharacters(text));
  }

  Markup close() throws IOException {
    return write(xml::writeEndElement);
  }

  /** An element with a text. */
  Markup leaf(String element, String text, String... attributes) throws IOException {
    return open(element, attributes).text(text).close();
  }

  void flush() throws IOException {
    write(xml::flush);
  }
}
