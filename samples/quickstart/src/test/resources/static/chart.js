/* global uPlot */

const SECONDS = 300;
const MINUTES = SECONDS / 60;
const TEXT_SECONDS = 5;

const byId = (id) => document.getElementById(id);
const count = (number) => number.toLocaleString("en", { maximumFractionDigits: 0 });

function duration(millis) {
	if (millis === null || millis === undefined) {
		return "none";
	}
	return millis >= 1000 ? `${(millis / 1000).toFixed(1)} s` : `${millis.toFixed(millis < 10 ? 1 : 0)} ms`;
}

/** The calls of the last five minutes: two plots, a sentence and a table. */
export class Chart {

	#samples = [];
	#plots = [];
	#written = 0;

	constructor() {
		this.#draw();
		// Colors are those of the style sheet
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
		new ResizeObserver(() => this.#resize()).observe(document.querySelector(".plots"));
	}

	add(samples, first) {
		if (first) {
			this.#samples = [];
		}
		if (!samples.length && !first) {
			return;
		}
		this.#samples.push(...samples);
		this.#samples = this.#samples.slice(-SECONDS);
		this.#update();
		const last = this.#samples.at(-1);
		if (last && (first || last.time - this.#written >= TEXT_SECONDS)) {
			this.#written = last.time;
			this.#write(last);
		}
	}

	#update() {
		const samples = this.#samples;
		const column = (name) => samples.map((sample) => sample[name]);
		const rare = (name) => samples.map((sample) => sample[name] || null);
		const times = column("time");
		this.#plots[0].setData([times, column("calls"), rare("failures"), rare("open")]);
		this.#plots[1].setData([times, column("p99")]);
	}

	#draw() {
		this.#plots.forEach((plot) => plot.destroy());
		const style = getComputedStyle(document.documentElement);
		const color = (name) => style.getPropertyValue("--" + name).trim();
		const axis = {
			stroke: color("muted"), font: "12px system-ui, sans-serif", labelSize: 0, gap: 6,
			grid: { stroke: color("grid"), width: 1 }, ticks: { show: false }
		};
		const bars = uPlot.paths.bars({ size: [0.9, 6, 3], align: 1 });
		const bar = (stroke) => ({ scale: "failures", stroke, fill: stroke, width: 0, paths: bars, points: { show: false } });
		const scales = { x: { time: false, range: (plot, min, max) => [(max ?? SECONDS) - SECONDS, max ?? SECONDS] } };
		const plain = { legend: { show: false }, cursor: { show: false }, padding: [8, 14, 0, 0], width: this.#width() };
		const ago = { splits: (plot, index, min, max) => Array.from({ length: MINUTES + 1 }, (_, minute) => max - minute * 60).reverse(),
			values: (plot, splits) => splits.map((split) => {
				const minutes = Math.round((splits.at(-1) - split) / 60);
				return minutes ? `${minutes} min ago` : "now";
			}) };
		if (this.#width() < 480) {
			ago.values = (plot, splits) => splits.map((split) => `−${Math.round((splits.at(-1) - split) / 60)}`.replace("−0", "now"));
		}
		const calls = new uPlot({ ...plain, height: 136,
			scales: { ...scales, y: { range: (plot, min, max) => [0, Math.max(10, max * 1.15)] }, failures: { range: [0, 6] } },
			axes: [{ ...axis, ...ago, size: 4, values: () => [] }, { ...axis, size: 58, space: 26 }],
			series: [{}, { stroke: color("calls"), fill: color("calls-fill"), width: 2, points: { show: false } },
				bar(color("problem")), bar(color("warning"))]
		}, [[], [], [], []], byId("plot-calls"));
		const p99 = new uPlot({ ...plain, height: 126,
			scales: { ...scales, y: { distr: 3, range: (plot, min, max) => [1, max > 1000 ? 100000 : 1000] } },
			axes: [{ ...axis, ...ago, size: 26 }, { ...axis, size: 58,
				splits: (plot, index, min, max) => [1, 10, 100, 1000, 10000, 100000].filter((split) => split <= max),
				filter: (plot, splits) => splits, values: (plot, splits) => splits.map((split) => split < 1000 ? `${split} ms` : `${split / 1000} s`) }],
			series: [{}, { stroke: color("p99"), width: 2, points: { show: false } }]
		}, [[], []], byId("plot-p99"));
		this.#plots = [calls, p99];
		if (this.#samples.length) {
			this.#update();
		}
	}

	#width() {
		return Math.max(200, Math.floor(document.querySelector(".plots").clientWidth));
	}

	#resize() {
		const width = this.#width();
		if (this.#plots.some((plot) => plot.width !== width)) {
			const narrow = (size) => size < 480;
			if (narrow(width) !== narrow(this.#plots[0].width)) {
				this.#draw();
			}
			this.#plots.forEach((plot) => plot.setSize({ width, height: plot.height }));
		}
	}

	#write(last) {
		const failures = this.#sum(this.#samples, "failures");
		const open = this.#sum(this.#samples, "open");
		byId("chart-text").textContent = `Now ${count(last.calls)} calls per second, 99 % of them within ${duration(last.p99)}. `
			+ `In five minutes ${count(this.#sum(this.#samples, "calls"))} calls, ${failures || "no"} failure${failures > 1 ? "s" : ""}`
			+ `${open ? `, ${open} write${open > 1 ? "s" : ""} that may have been carried out` : ""}, `
			+ `highest p99 ${duration(this.#highest(this.#samples))}.`;
		const rows = [];
		for (let minute = 0; minute < MINUTES; minute++) {
			const end = last.time - minute * 60;
			const samples = this.#samples.filter((sample) => sample.time > end - 60 && sample.time <= end);
			if (samples.length) {
				rows.push([minute ? `${minute + 1} min ago` : "the last", count(this.#sum(samples, "calls") / samples.length),
					duration(this.#highest(samples)), count(this.#sum(samples, "failures")), count(this.#sum(samples, "open"))]);
			}
		}
		byId("figures").replaceChildren(...rows.map((cells) => {
			const row = document.createElement("tr");
			cells.forEach((cell, index) => {
				const element = document.createElement(index ? "td" : "th");
				if (!index) {
					element.scope = "row";
				}
				element.textContent = cell;
				row.append(element);
			});
			return row;
		}));
	}

	#sum(samples, name) {
		return samples.reduce((sum, sample) => sum + sample[name], 0);
	}

	#highest(samples) {
		return samples.reduce((highest, sample) => sample.p99 > (highest ?? 0) ? sample.p99 : highest, null);
	}

}
