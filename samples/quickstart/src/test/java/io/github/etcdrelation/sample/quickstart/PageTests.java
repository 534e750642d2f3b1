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

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Presses all buttons of the page in a real browser, and reads what it says.
 */
class PageTests {

	private static Browser browser;

	private static TestQuickstartApplication.Demo demo;

	private static int port;

	@BeforeAll
	static void start() throws Exception {
		browser = Browser.start();
		demo = TestQuickstartApplication.startDemo("--server.port=0");
		port = demo.application().getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	@AfterAll
	static void stop() {
		if (browser != null) {
			browser.close();
		}
		if (demo != null) {
			demo.close();
		}
	}

	@BeforeEach
	void open() {
		browser.open(port);
	}

	@AfterEach
	void nothingHasFailed() {
		assertThat(browser.getConsole()).isEmpty();
		assertThat(browser.find(By.cssSelector("#failed dd")).getText()).isEqualTo("0");
		assertThat(browser.find(By.cssSelector("#lost dd")).getText()).isEqualTo("0");
	}

	@Test
	void certificateIsReplaced() {
		String before = browser.byId("certificate").getText();
		press("rotate-certificate", "The certificate is replaced");
		browser.await(() -> !browser.byId("certificate").getText().equals(before));
		String name = browser.byId("certificate").getText().replaceAll(" by .*", "");
		browser.await(() -> List.of("member-1", "member-2", "member-3")
			.stream()
			.allMatch((member) -> browser.cell(member, "certificate").startsWith(name + " ")));
		awaitTimeline("The client certificate is replaced", "EtcdChangedEvent", "EtcdRotatedEvent");
	}

	@Test
	void authorityIsReplaced() {
		String before = browser.byId("authorities").getText();
		assertThat(before).matches("Quickstart CA [12]");
		press("rotate-ca", "The certificate authority is replaced");
		browser.await(() -> browser.byId("authorities").getText().matches("Quickstart CA [12]")
				&& !browser.byId("authorities").getText().equals(before));
		awaitTimeline("The certificate authority is replaced");
	}

	@Test
	void badCertificateIsRefused() {
		String before = browser.byId("certificate").getText();
		press("bad-certificate", "A bad certificate is published");
		browser
			.await(() -> browser.byId("notice").getText().startsWith("Refused, what was in use before still serves"));
		assertThat(browser.byId("health").getText()).isEqualTo("Health UP");
		assertThat(browser.byId("certificate").getText()).isEqualTo(before);
		awaitTimeline("EtcdRotationFailedEvent");
		assertDisabled("bad-certificate", "One is published already: rotate the certificate to replace it");
		press("rotate-certificate", "The certificate is replaced");
		browser.await(() -> !browser.byId("notice").isDisplayed());
		assertEnabled("bad-certificate");
	}

	@Test
	void relationIsBrokenAndRestored() {
		assertDisabled("restore", "The relation is not broken");
		press("break", "The relation is broken");
		browser.await(() -> browser.find(By.cssSelector("[data-state=available]")).getText().endsWith("no")
				&& browser.cell("member-1", "state").equals("no relation"));
		awaitTimeline("EtcdUnavailableEvent");
		assertDisabled("break", "The relation is broken already");
		assertDisabled("rotate-ca", "The relation is broken: restore it first");
		press("restore", "The relation is restored");
		browser.await(() -> browser.find(By.cssSelector("[data-state='tls.available']")).getText().contains("since"));
		browser.await(() -> browser.cell("member-1", "state").equals("serving"));
		assertEnabled("break");
	}

	@Test
	void memberIsFrozenAndResumed() {
		press("freeze/member-2", "member-2 is frozen");
		browser.await(() -> browser.cell("member-2", "process").equals("frozen"));
		awaitAway("member-2");
		String reason = "Two of three members have to run, and member-2 is frozen";
		assertDisabled("freeze/member-1", reason);
		assertDisabled("kill/member-3", reason);
		assertThat(browser.byId("member-note").getText()).isEqualTo(reason + ".");
		press("resume/member-2", "member-2 runs again");
		browser.await(() -> browser.cell("member-2", "process").equals("running"));
		browser.await(() -> browser.cell("member-2", "state").equals("serving"));
		assertEnabled("freeze/member-1");
	}

	@Test
	void memberIsKilledAndStarted() {
		press("kill/member-3", "member-3 is killed");
		browser.await(() -> browser.cell("member-3", "process").equals("killed"));
		browser.await(() -> browser.cell("member-3", "state").equals("unreachable"));
		assertDisabled("freeze/member-3", "member-3 is killed");
		press("start/member-3", "member-3 is starting");
		browser.await(() -> browser.cell("member-3", "process").equals("running")
				&& browser.cell("member-3", "state").equals("serving"));
		awaitTimeline("member-3 gets no calls: unreachable", "member-3 gets calls");
	}

	@Test
	void keyboardReachesAndPressesButtons() {
		browser.find(By.tagName("body")).sendKeys(Keys.TAB);
		WebElement skip = browser.getFocused();
		assertThat(skip.getText()).isEqualTo("Skip to the buttons");
		skip.sendKeys(Keys.ENTER);
		browser.getFocused().sendKeys(Keys.TAB);
		WebElement button = browser.getFocused();
		assertThat(button.getText()).isEqualTo("Rotate certificate");
		assertThat(button.getCssValue("outline-style")).isEqualTo("solid");
		button.sendKeys(Keys.SPACE);
		browser.await(() -> browser.byId("outcome").getText().startsWith("The certificate is replaced"));
		// A button that cannot be pressed is reached too, and says why
		for (int i = 0; i < 4; i++) {
			browser.getFocused().sendKeys(Keys.TAB);
		}
		assertThat(browser.getFocused().getText()).isEqualTo("Restore");
		browser.getFocused().sendKeys(Keys.ENTER);
		browser.await(() -> browser.byId("outcome").getText().equals("Not now: The relation is not broken."));
	}

	@Test
	void changesAreAnnounced() {
		assertThat(browser.byId("announcer").getDomAttribute("aria-live")).isEqualTo("polite");
		press("rotate-certificate", "The certificate is replaced");
		browser.await(() -> String.valueOf(browser.byId("announcer").getDomProperty("textContent"))
			.contains("EtcdRotatedEvent"));
	}

	@ParameterizedTest
	@CsvSource({ "1280,false", "1280,true", "360,false", "360,true" })
	void isAccessible(int width, boolean dark) throws IOException {
		browser.display(width, 900, dark);
		press("freeze/member-1", "member-1 is frozen");
		try {
			browser.find(By.tagName("summary")).click();
			awaitAway("member-1");
			assertThat(browser.findViolations()).isEmpty();
			assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo((long) width);
			browser.takeScreenshot(Path.of("target/page-%d-%s.png".formatted(width, dark ? "dark" : "light")));
		}
		finally {
			press("resume/member-1", "member-1 runs again");
		}
		browser.await(() -> browser.cell("member-1", "state").equals("serving"));
	}

	@Test
	void isPictured() throws IOException {
		press("rotate-certificate", "The certificate is replaced");
		browser.await(() -> browser.byId("timeline").getText().contains("EtcdRotatedEvent"));
		browser.run("document.activeElement.blur()");
		browser.display(1280, 1190, false);
		browser.takeScreenshot(Path.of("target/quickstart.png"));
	}

	@Test
	void asksNoOtherHost() {
		Object others = browser.run("""
				return performance.getEntriesByType('resource').map((entry) => entry.name)
					.filter((name) => new URL(name).origin !== location.origin)
				""");
		assertThat((List<?>) others).isEmpty();
		assertThat(browser.run("return typeof uPlot")).isEqualTo("function");
	}

	@Test
	void otherSitesCannotPressButtons() throws IOException {
		String host = "localhost:" + port;
		assertThat(post(host, "")).contains(" 403 ").contains("Only the page itself may press its buttons");
		assertThat(post(host, "Origin: null\r\n")).contains(" 403 ");
		assertThat(post(host, "Origin: http://localhost:1\r\n")).contains(" 403 ");
		assertThat(post(host, "Origin: http://%s\r\n".formatted(host))).contains(" 409 ")
			.endsWith("The relation is not broken");
	}

	@Test
	void otherNamesAreNotServed() throws IOException {
		String host = "attacker.example:" + port;
		assertThat(post(host, "Origin: http://%s\r\n".formatted(host))).contains(" 403 ")
			.contains("This page is served to http://localhost:%d only".formatted(port));
	}

	private static String post(String host, String origin) throws IOException {
		try (Socket socket = new Socket("localhost", port)) {
			String request = "POST /buttons/restore HTTP/1.0\r\nHost: %s\r\n%s\r\n".formatted(host, origin);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static void press(String name, String answer) {
		browser.await(() -> browser.button(name).getDomAttribute("aria-disabled").equals("false"));
		browser.press(name, answer);
	}

	private static void awaitAway(String member) {
		// Silent at first, then it cannot be connected to
		browser.await(() -> List.of("silent", "unreachable").contains(browser.cell(member, "state")));
	}

	private static void assertEnabled(String name) {
		browser.await(() -> browser.button(name).getDomAttribute("aria-disabled").equals("false"));
	}

	private static void assertDisabled(String name, String reason) {
		browser.await(() -> browser.button(name).getDomAttribute("aria-disabled").equals("true")
				&& reason.equals(browser.button(name).getDomAttribute("title")));
		browser.press(name, "Not now: " + reason + ".");
	}

	private static void awaitTimeline(String... titles) {
		browser.await(() -> {
			String timeline = browser.byId("timeline").getText();
			return List.of(titles).stream().allMatch(timeline::contains);
		});
	}

}
