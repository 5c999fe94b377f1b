// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.runtime.HostileTexts;
import io.github.joulestream.runtime.ShownText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** Texts of users in answers. */
class HostileTextsTest {
  private static String csv(List<?>... rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CsvText.write(new Answer.Csv(List.of("name", "power_w"), List.of(rows)), out);
    return out.toString(UTF_8);
  }

  @Test
  void csv_hasNeitherFormulas_norWhatActs_andNumbersAsTheyAre() throws IOException {
    for (String text : HostileTexts.all()) {
      String csv = csv(List.of(text, -5L));
      assertThat(csv).startsWith("name,power_w\r\n").endsWith(",-5\r\n");
      assertThat(csv.lines()).as(text).hasSize(2);
      assertThat(HostileTexts.unsafe(csv, '\r', '\n')).as(text).isEmpty();
      String cell = csv.substring("name,power_w\r\n".length(), csv.length() - ",-5\r\n".length());
      assertThat(HostileTexts.isFormula(cell.replaceFirst("^\"", ""))).as(text).isFalse();
    }
  }

  @Test
  void html_hasTheTextAsShown_andNoElement() throws Exception {
    for (String text : HostileTexts.all()) {
      String html = "<p title=\"%1$s\" lang='%1$s'>%1$s</p>".formatted(HtmlText.escaped(text));
      assertThat(HostileTexts.unsafe(html)).as(text).isEmpty();
      Document read =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(html)));
      assertThat(read.getElementsByTagName("*").getLength()).as(text).isEqualTo(1);
      assertThat(read.getDocumentElement().getTextContent()).isEqualTo(ShownText.of(text));
      assertThat(read.getDocumentElement().getAttribute("title")).isEqualTo(ShownText.of(text));
      assertThat(read.getDocumentElement().getAttribute("lang")).isEqualTo(ShownText.of(text));
    }
  }

  /** The API is data: programs get the texts themselves. */
  @Test
  void json_hasTheTextAsItIs() throws IOException {
    for (String text : HostileTexts.all()) {
      if (UTF_8.newEncoder().canEncode(text)) {
        byte[] json = JsonText.bytes(Map.of("name", text));
        assertThat(new ObjectMapper().readTree(json).path("name").asText()).isEqualTo(text);
        assertThat(new String(json, UTF_8)).as(text).doesNotContain("\n", "\r", "\u001b");
      }
    }
  }
}
