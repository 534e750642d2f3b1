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

package io.github.etcdrelation.benchmark;

import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars with their spread, as SVG.
 *
 * @param name part of the file's name
 * @param title the title, which names the unit
 * @param bars what to draw
 */
record Chart(String name, String title, List<Item> bars) {

	private static final int LABEL_WIDTH = 220;

	private static final int BAR_WIDTH = 400;

	private static final int ROW_HEIGHT = 28;

	private static final int HEAD_HEIGHT = 40;

	String svg() {
		double largest = this.bars.stream()
			.mapToDouble((bar) -> bar.value().max())
			.filter(Double::isFinite)
			.max()
			.orElse(1);
		StringBuilder svg = new StringBuilder();
		svg.append(format(
				"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
						+ "font-size=\"13\">%n",
				LABEL_WIDTH + BAR_WIDTH + 100, HEAD_HEIGHT + this.bars.size() * ROW_HEIGHT + 10));
		svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
		svg.append(format("<text x=\"10\" y=\"24\" font-size=\"15\">%s</text>%n", escape(this.title)));
		for (int i = 0; i < this.bars.size(); i++) {
			draw(svg, this.bars.get(i), HEAD_HEIGHT + i * ROW_HEIGHT, BAR_WIDTH / largest);
		}
		return svg.append("</svg>\n").toString();
	}

	private void draw(StringBuilder svg, Item bar, int y, double scale) {
		svg.append(format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n", LABEL_WIDTH - 8, y + 16,
				escape(bar.label())));
		Statistics value = bar.value();
		if (Double.isFinite(value.median())) {
			int middle = y + 11;
			svg.append(format("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"20\" fill=\"%s\"/>%n", LABEL_WIDTH,
					y + 1, value.median() * scale, bar.ours() ? "#3b7dd8" : "#b8bec8"));
			svg.append(format("<path d=\"M%.1f %dH%.1f\" stroke=\"#333\"/>%n", LABEL_WIDTH + value.min() * scale,
					middle, LABEL_WIDTH + value.max() * scale));
			svg.append(format("<text x=\"%.1f\" y=\"%d\">%s</text>%n", LABEL_WIDTH + value.max() * scale + 8, y + 16,
					Statistics.format(value.median())));
		}
	}

	private static String format(String format, Object... arguments) {
		return String.format(Locale.ROOT, format, arguments);
	}

	private static String escape(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;");
	}

	/**
	 * One bar.
	 *
	 * @param label what it stands for
	 * @param value its length and spread
	 * @param ours whether to draw it in the colour of this project
	 */
	record Item(String label, Statistics value, boolean ours) {
	}

}
