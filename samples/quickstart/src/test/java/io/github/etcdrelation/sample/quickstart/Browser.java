/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.etcdrelation.sample.quickstart;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.remote.CommandInfo;
import org.openqa.selenium.remote.HttpCommandExecutor;
import org.openqa.selenium.remote.RemoteWebDriver;
import org.openqa.selenium.remote.http.HttpMethod;

import org.springframework.core.io.ClassPathResource;

/**
 * The browser of the system, with the page open.
 */
final class Browser implements AutoCloseable {

	private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

	// On a busy machine; PageEnduranceTests measures
	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final ChromeDriverService service;

	private final Driver driver;

	private Browser(ChromeDriverService service, Driver driver) {
		this.service = service;
		this.driver = driver;
	}

	/**
	 * Start a browser without a window; the test is skipped if there is none.
	 */
	static Browser start() throws IOException {
		Path browser = BROWSERS.stream().flatMap(Browser::find).findFirst().orElse(null);
		Path driver = find("chromedriver").findFirst().orElse(null);
		Assumptions.assumeTrue(browser != null && driver != null,
				"There is no browser: needs chromium and chromedriver on the PATH, on Debian chromium and chromium-driver");
		ChromeOptions options = new ChromeOptions();
		options.setBinary(browser.toFile());
		options.addArguments("--headless=new", "--disable-dev-shm-usage", "--disable-background-networking",
				"--no-first-run", "--hide-scrollbars");
		if (System.getProperty("user.name").equals("root")) {
			options.addArguments("--no-sandbox");
		}
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile())
			.usingAnyFreePort()
			.withSilent(true)
			.build();
		try {
			service.start();
			return new Browser(service, new Driver(service.getUrl(), options));
		}
		catch (WebDriverException ex) {
			service.stop();
			return Assumptions.abort("The browser %s does not start: %s".formatted(browser, ex.getMessage()));
		}
	}

	private static Stream<Path> find(String command) {
		return Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, command))
			.filter(Files::isExecutable);
	}

	void open(int port) {
		display(1280, 1000, false);
		this.driver.get("http://localhost:" + port);
		await(() -> run("return document.body.dataset.ready === 'true'").equals(true));
	}

	/**
	 * Set width and height of the page in CSS pixels, and the color scheme.
	 */
	void display(int width, int height, boolean dark) {
		this.driver.emulate("setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
		this.driver.emulate("setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
	}

	Object run(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	WebElement find(By selector) {
		return this.driver.findElement(selector);
	}

	WebElement byId(String id) {
		return find(By.id(id));
	}

	WebElement button(String name) {
		return find(By.cssSelector("[data-button='%s']".formatted(name)));
	}

	String cell(String member, String name) {
		return find(By.cssSelector("[data-member='%s'] [data-cell='%s']".formatted(member, name))).getText();
	}

	WebElement getFocused() {
		return this.driver.switchTo().activeElement();
	}

	/**
	 * Click a button and return how long the page took to answer.
	 */
	Duration press(String name, String answer) {
		run("document.getElementById('outcome').textContent = ''");
		WebElement button = button(name);
		long begin = System.nanoTime();
		button.click();
		await(() -> !byId("outcome").getText().isEmpty());
		Duration duration = Duration.ofNanos(System.nanoTime() - begin);
		String outcome = byId("outcome").getText();
		if (!outcome.startsWith(answer) && !outcome.startsWith(Buttons.IN_PROGRESS)) {
			throw new AssertionError("Instead of '%s': %s".formatted(answer, outcome));
		}
		return duration;
	}

	/**
	 * Wait until the page says something.
	 */
	void await(BooleanSupplier condition) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(20))
			.ignoreExceptionsInstanceOf(StaleElementReferenceException.class)
			.atMost(PATIENCE)
			.until(condition::getAsBoolean);
	}

	/**
	 * Return the rules of accessibility that the page breaks, each with the elements.
	 */
	List<String> findViolations() throws IOException {
		run(new ClassPathResource("axe.min.js").getContentAsString(StandardCharsets.UTF_8));
		Object violations = this.driver.executeAsyncScript("""
				const done = arguments[arguments.length - 1];
				axe.run().then((result) => done(result.violations.map((violation) => violation.id + ': '
					+ violation.nodes.map((node) => node.html + ' ' + node.failureSummary).join(', '))));
				""");
		return ((List<?>) violations).stream().map(String::valueOf).toList();
	}

	/**
	 * Return the errors and warnings on the console since the last call.
	 */
	List<String> getConsole() {
		return StreamSupport.stream(this.driver.manage().logs().get(LogType.BROWSER).spliterator(), false)
			.filter((entry) -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.map(LogEntry::toString)
			.toList();
	}

	void takeScreenshot(Path file) throws IOException {
		Files.createDirectories(file.getParent());
		Files.write(file, this.driver.getScreenshotAs(OutputType.BYTES));
	}

	@Override
	public void close() {
		this.driver.quit();
		this.service.stop();
	}

	/**
	 * A driver of Chromium that needs a known executable, and no Selenium Manager.
	 */
	private static final class Driver extends RemoteWebDriver {

		private static final String EMULATE = "emulate";

		Driver(URL url, ChromeOptions options) {
			super(new HttpCommandExecutor(
					Map.of(EMULATE, new CommandInfo("/session/:sessionId/goog/cdp/execute", HttpMethod.POST)), url),
					options);
		}

		void emulate(String command, Map<String, Object> parameters) {
			execute(EMULATE, Map.of("cmd", "Emulation." + command, "params", parameters));
		}

	}

}
