// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The page as people use it: {@code up}, and a real browser. Pictures for people to look at are
 * left in target/screenshots. {@code -Dpage.nodes=64} simulates a larger site.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ITPage {
  private static final int NODES = Integer.getInteger("page.nodes", 16);
  private static final Pattern PAGE = Pattern.compile("page +(http://127\\.0\\.0\\.1:\\d+)");
  private static final Pattern KAFKA = Pattern.compile("Kafka +(127\\.0\\.0\\.1:\\d+)");
  private static final Pattern READY = Pattern.compile("(ready after [0-9.]+ s)");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String FIRST_SCREEN = ".view-overview:not([hidden]) ";

  private static Program up;
  private static String page;
  private static String kafka;
  private static Chromium chromium;

  @BeforeAll
  static void start() throws Exception {
    chromium = new Chromium(1440, 900);
    chromium.size(1440, 900);
    chromium.prefers("light");
    chromium.driver.manage().timeouts().scriptTimeout(PATIENCE);
    FirstFigures firsts = FirstFigures.from(chromium);
    up =
        Program.start(
            "up",
            "--simulate=" + NODES,
            "--no-agent",
            "--kafka-port=0",
            "--store-port=0",
            "--page-port=0");
    up.awaitLine("page   http");
    page = found(PAGE);
    chromium.driver.get(page + "/");
    up.awaitLine(" running; simulated");
    kafka = found(KAFKA);
    firsts.print(found(READY));
    // broker, store and site were not there yet
    assertThat(chromium.errors()).allMatch(error -> error.contains("503") || error.contains("404"));
  }

  private static String found(Pattern pattern) {
    Matcher matcher = pattern.matcher(up.output());
    assertThat(matcher.find()).as(up.output()).isTrue();
    return matcher.group(1);
  }

  @AfterAll
  static void end() throws Exception {
    if (up != null) {
      up.interrupt();
      up.await();
      assertThat(up.output()).contains("difference 0 mJ");
      up.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  private static WebDriverWait await(String what) {
    WebDriverWait wait = new WebDriverWait(chromium.driver, PATIENCE);
    wait.withMessage(what);
    return wait;
  }

  private static WebElement see(String selector) {
    return requireNonNull(
        await(selector)
            .until(driver ->
                driver.findElements(By.cssSelector(selector)).stream()
                    .filter(WebElement::isDisplayed)
                    .findFirst()
                    .orElseThrow(() -> new NoSuchElementException(selector))));
  }

  private static void until(String what, String expression) {
    await(what + ": " + expression).until(driver -> Boolean.TRUE.equals(chromium.eval(expression)));
  }

  private static String text(String expression) {
    return (String) requireNonNull(chromium.eval(expression));
  }

  private static JsonNode state(String expression) throws IOException {
    return JSON.readTree(text("JSON.stringify(" + expression + ")"));
  }

  private static String get(String path) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create(page + path)).build(), BodyHandlers.ofString())
        .body();
  }

  private static JsonNode api(String path) throws IOException, InterruptedException {
    return JSON.readTree(get(path));
  }

  private static void press(CharSequence keys) {
    new Actions(chromium.driver).sendKeys(keys).perform();
  }

  @Test
  @Order(1)
  void figuresMove_andTheCurveToo() throws Exception {
    see(".tile");
    until("power is known", "joulestream.live.current?.now?.milliwatts > 0");
    moves("a figure", "document.querySelector('.tile .big').textContent");
    see(".band-curve .uplot canvas");
    moves("the curve", "document.querySelector('.band-curve .uplot canvas').toDataURL()");
    until("jobs are listed", "document.querySelectorAll('table.jobs tbody tr').length > 3");
    until("nodes are mapped", "joulestream.live.current.nodes?.names.length === " + NODES);
    // the curve's table has its points
    see(".band-curve .chart-head button").click();
    String newest = "document.querySelector('.band-curve .chart-table tbody tr').textContent";
    see(".band-curve .chart-table tbody tr");
    moves("the newest point", newest);
    see(".band-curve .chart-head button").click();
    pictures("first", "");
  }

  private static void moves(String what, String expression) {
    String before = text(expression);
    await(what + " moves: " + expression).until(driver -> !before.equals(text(expression)));
  }

  /** What is shown, what the stream sent, and what the API answers, of one and the same reading. */
  @Test
  @Order(2)
  void figuresAreThoseOfTheApi() throws Exception {
    JsonNode all =
        atOneTime(
            "const now = joulestream.live.current.now;"
                + " const api = await (await fetch('/api/v1/sites/simulated')).json();"
                + " return api.at === joulestream.live.current.now.at && api.milliwatts === now.milliwatts"
                // jobs and alerts come without a reading
                + " && api.jobsRunning === now.jobsRunning && api.alertsFiring === now.alertsFiring"
                + " ? [api, now, [...document.querySelectorAll('.tile')].map((t) => [...t.children].map((c) => c.textContent))] : null;");
    assertThat(without(all.get(1))).isEqualTo(without(all.get(0)));
    PageTiles.check(all.get(0), all.get(2));
  }

  /**
   * The first answer of a script that is not null; run again with each frame, which lasts a second.
   */
  private static JsonNode atOneTime(String script) throws IOException {
    String answer =
        (String)
            chromium.driver.executeAsyncScript(
                "const done = arguments[arguments.length - 1]; const look = async () => {"
                    + script
                    + "}; (async () => { for (;;) { const answer = await look(); if (answer) { return JSON.stringify(answer); }"
                    + " await new Promise((next) => { const off = joulestream.live.on('site', () => { off(); next(); }); }); } })()"
                    + ".then(done, (e) => done(JSON.stringify(String(e))));");
    JsonNode found = JSON.readTree(requireNonNull(answer));
    assertThat(found.isArray()).as(answer).isTrue();
    return found;
  }

  /** Without what is of the moment of the answer. */
  private static Map<String, JsonNode> without(JsonNode now) {
    Map<String, JsonNode> fields = new TreeMap<>();
    now.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
    Set.of("ageSeconds", "arrived", "forecast").forEach(fields::remove);
    return fields;
  }

  @Test
  @Order(3)
  void aRowOfJobsIsThatOfTheApi() throws Exception {
    JsonNode all =
        atOneTime(
            "const row = document.querySelector('table.jobs tbody tr:not(.spacer)'); const id = row.querySelector('a').textContent;"
                + " const streamed = joulestream.live.current.jobs.get(id);"
                + " const cells = [...row.cells].map((cell) => cell.querySelector('a, .two > span')?.textContent ?? cell.textContent);"
                + " const api = (await (await fetch(streamed.path)).json()).job;"
                + " const x = new joulestream.live.current.constructor('x'); const rows = (full, row) => x.take('jobs', {full, jobs: [{job: 'a', ...row}]});"
                + " rows(true, {recent: [1, 2, 3, 9], user: 'u'}); rows(false, {recentEnd: [4, 5]}); rows(false, {user: 'v'});"
                + " return api.energyMillijoules === streamed.energyMillijoules && api.milliwatts === streamed.milliwatts && api.energyMillijoules > 0 ? [api, cells, x.jobs.get('a').recent + x.jobs.get('a').user] : null;");
    assertThat(all.get(2).asText()).isEqualTo("2,3,4,5v");
    JsonNode job = all.get(0);
    assertThat(all.get(1))
        .extracting(JsonNode::asText)
        .startsWith(
            job.path("job").asText(),
            job.path("user").asText(),
            job.path("nodes").asText(),
            PageText.power(job.path("milliwatts").asLong()),
            PageText.energy(job.path("energyMillijoules").asLong()));
  }

  @Test
  @Order(4)
  void aBudgetIsCrossed_anAlertFires_andResolves() throws Exception {
    String chart = "document.querySelector('.band-curve .chart-plot').getAttribute('aria-label')";
    String over = "document.querySelectorAll('.tile')[1].classList.contains('is-over')";
    String fires =
        "[...document.querySelectorAll('.alerts-list .fires')].some((a) => a.textContent.includes('power-line'))";
    long now = state("joulestream.live.current.now.milliwatts").asLong();
    setBudget(now * 3 / 2);
    until(
        "the budget's line, with its name",
        chart + ".includes('budget power-line ') && !" + chart + ".includes('passed')");
    assertThat(chromium.eval(over)).isEqualTo(false);
    assertThat(chromium.eval(fires)).isEqualTo(false);
    setBudget(now / 2);
    until("the line is crossed", chart + ".endsWith(', passed')");
    until("the figure says so", over);
    String limit = PageText.power(now / 2 / 1000 * 1000);
    assertThat(text(chart)).endsWith("budget power-line " + limit + ", passed");
    assertThat(see(".tile.is-over").getText()).contains("of " + limit, "over the limit");
    until("the alert fires", fires);
    assertThat(see(".alerts-count").getText()).endsWith("firing");
    pictures("alert", FIRST_SCREEN);
    setBudget(now * 20);
    until("nothing is over", "!" + over);
    until("the alert resolves", "!" + fires);
    assertThat(
            text(
                "[...document.querySelectorAll('.alerts-list li')].map((a) => a.textContent).join()"))
        .contains("resolved")
        .contains("power-line");
  }

  private static void setBudget(long milliwatts) throws Exception {
    try (Program budget =
        Program.start(
            "budget",
            "set",
            "power-line",
            "--site=simulated",
            "--scope=site",
            "--power=" + milliwatts / 1000 + "W",
            "--thresholds=100",
            "--forecast=0s",
            "--resolve-after=10s",
            "--cooldown=0s",
            "--kafka=" + kafka)) {
      assertThat(budget.await()).as(budget.output()).isZero();
    }
  }

  @Test
  @Order(5)
  void aNodeIsPickedByMouseAndByKeyboard() throws Exception {
    WebElement plane = see(".map-plane");
    chromium.driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", plane);
    int width = plane.getSize().getWidth();
    int height = plane.getSize().getHeight();
    List<String> titles = new ArrayList<>();
    // cells lie somewhere in the plane: the pointer is moved over it until it is on one
    for (int step = 0; step < 40 && titles.isEmpty(); step++) {
      new Actions(chromium.driver)
          .moveToElement(plane, -width / 2 + 4 + step * width / 45, -height / 2 + 8 + step % 4 * 6)
          .perform();
      chromium
          .driver
          .findElements(By.cssSelector(".map-card:not([hidden]) .map-card-title"))
          .stream()
          .map(WebElement::getText)
          .filter(title -> !title.isBlank())
          .forEach(titles::add);
    }
    assertThat(titles).isNotEmpty();
    assertThat(state("joulestream.live.current.nodes.names"))
        .extracting(JsonNode::asText)
        .contains(titles.getFirst());
    until("its last ten minutes", "document.querySelector('.map-card-recent').textContent !== ''");
    chromium.picture("card");
    plane.sendKeys(Keys.HOME);
    plane.sendKeys(Keys.ARROW_RIGHT);
    String second = text("joulestream.live.current.nodes.names[1]");
    assertThat(see(".map-card:not([hidden]) .map-card-title").getText()).isEqualTo(second);
    plane.sendKeys(Keys.ENTER);
    until("the node's page", "location.pathname === '/sites/simulated/nodes/" + second + "'");
    String gpus = ".view-node:not([hidden]) ";
    until(
        "its GPUs",
        "document.querySelector('%s')?.textContent.includes('gpu0')".formatted(gpus.strip()));
    see(gpus + ".uplot canvas");
    pictures("node", gpus);
    chromium.driver.navigate().back();
    see(".map-plane");
  }

  @Test
  @Order(6)
  void aJobIsOpened_andBackReturnsToTheSamePlace() throws Exception {
    chromium.size(1440, 700);
    WebElement job = see("table.jobs tbody tr:nth-child(3) a");
    String id = job.getText();
    chromium.driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", job);
    String place = "JSON.stringify([scrollY, document.querySelector('.jobs-scroll').scrollTop])";
    String before = text(place);
    assertThat(before).as("scrolled").doesNotStartWith("[0,");
    job.click();
    until("the job's page", "location.pathname.startsWith('/jobs/simulated/')");
    String view = ".view-job:not([hidden]) ";
    assertThat(see(view + "h1").getText()).contains(id);
    see(view + ".uplot canvas");
    JsonNode answer = api("/api/v1" + text("location.pathname"));
    assertThat(answer.at("/job/job").asText()).isEqualTo(id);
    chromium.size(1440, 900);
    pictures("job", view);
    chromium.size(1440, 700);
    chromium.driver.navigate().back();
    see(FIRST_SCREEN + "table.jobs tbody tr a");
    assertThat(text("location.pathname")).isIn("/", "/sites/simulated");
    until("the same place", place + " === '" + before + "'");
    until(
        "the same row, unless its job has ended",
        "document.activeElement.textContent === '%1$s' || !joulestream.live.current.jobs.has('%1$s')"
            .formatted(id));
    chromium.size(1440, 900);
  }

  @Test
  @Order(7)
  void historyAndReports() throws Exception {
    chromium.driver.get(page + "/sites/simulated/history");
    see(".view-history .uplot canvas");
    pictures("history", ".view-history ");
    chromium.driver.get(page + "/reports");
    new Select(see("#report-period")).selectByValue("today");
    await("a report of today")
        .until(
            ExpectedConditions.elementToBeClickable(
                By.cssSelector("[aria-label=director] a[href*='period=today']")));
    pictures("reports", ".view-reports ");
    // a site that has just begun has nothing of the last month, and says so
    new Select(see("#report-period")).selectByValue("last-month");
    assertThat(opened("last-month", "no-report"))
        .contains("Not found", "simulated")
        .doesNotContain("{", "about:blank");
  }

  /** What a tab shows in which the director's report of a period is opened. */
  private static String opened(String period, String picture) throws IOException {
    String link = "[aria-label=director] a[href*='period=%s'][target]".formatted(period);
    String own = chromium.driver.getWindowHandle();
    see(link).click();
    await("a window of its own").until(ExpectedConditions.numberOfWindowsToBe(2));
    chromium.driver.getWindowHandles().stream()
        .filter(window -> !window.equals(own))
        .forEach(window -> chromium.driver.switchTo().window(window));
    String shown = see("body h1").findElement(By.xpath("/html/body")).getText();
    chromium.picture(picture);
    chromium.driver.close();
    chromium.driver.switchTo().window(own);
    return shown;
  }

  @Test
  @Order(8)
  void keys_pause_andColours() throws Exception {
    chromium.driver.get(page + "/");
    see("table.jobs tbody tr a");
    press("?");
    assertThat(see("dialog.keys[open]").getText()).contains("search jobs");
    chromium.picture("keys");
    press(Keys.ESCAPE);
    until("the list is closed", "!document.querySelector('dialog.keys').open");
    press("p");
    until("it pauses", "joulestream.live.paused");
    String figures = "document.querySelector('.tiles').textContent";
    String held = text(figures);
    moves("the stream", "joulestream.live.current.now.at");
    assertThat(text(figures)).isEqualTo(held);
    press("p");
    moves("again", figures);
    press("/");
    until("search has the focus", "document.activeElement.type === 'search'");
    press("name:nothing-is-so");
    until("no job is so", "document.querySelector('.jobs-scroll').hidden");
    press(Keys.ESCAPE);
    String colour = "getComputedStyle(document.body).backgroundColor";
    String light = text(colour);
    press("tt"); // as the system has it, light, dark
    until("dark", colour + " === 'rgb(20, 23, 26)'");
    chromium.driver.navigate().refresh();
    until("it is remembered", colour + " === 'rgb(20, 23, 26)'");
    see(".tile");
    press("t");
    until("as the system has it", colour + " === '" + light + "'");
  }

  @Test
  @Order(9)
  void withoutScriptsThereAreTables() throws Exception {
    String html = get("/");
    assertThat(html).contains("<table").contains("simulated");
    assertThat(html).contains(api("/api/v1/jobs?limit=1").at("/jobs/0/job").asText());
    chromium.driver.executeCdpCommand(
        "Emulation.setScriptExecutionDisabled", Map.of("value", true));
    chromium.driver.get(page + "/");
    chromium.picture("no-script");
    assertThat(chromium.driver.findElements(By.cssSelector("main table")))
        .as("tables of sites and of jobs")
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(WebElement::isDisplayed);
    chromium.driver.executeCdpCommand(
        "Emulation.setScriptExecutionDisabled", Map.of("value", false));
  }

  @Test
  @Order(10)
  void nothingWasAskedOfAnotherMachine_andNothingFailed() throws Exception {
    assertThat(chromium.requests())
        .hasSizeGreaterThan(40)
        .allMatch(url ->
            url.startsWith(page + "/")
                || url.startsWith("data:")
                || url.startsWith("blob:" + page));
    assertThat(chromium.errors())
        .allMatch(error ->
            error.contains("/api/v1/reports/director?period=last-month") && error.contains("404"));
  }

  /**
   * A view in light and dark, checked by axe, and on narrow screens: 320 px is 1280 px at 400 %.
   */
  private static void pictures(String name, String view) throws IOException {
    chromium.driver.executeScript("scrollTo(0, 0)");
    for (String scheme : List.of("dark", "light")) {
      chromium.prefers(scheme);
      until(scheme, "document.documentElement.dataset.theme === '" + scheme + "'");
      chromium.picture(name + "-" + scheme);
      Accessibility.check(chromium.driver, name + ", " + scheme);
    }
    chromium.size(390, 844);
    until(name + " at 390 px", "document.documentElement.scrollWidth <= 390");
    chromium.picture(name + "-phone");
    chromium.size(320, 640);
    until(name + " at 320 px", "document.documentElement.scrollWidth <= 320");
    chromium.size(1440, 900);
    see(view + "h2");
  }
}
