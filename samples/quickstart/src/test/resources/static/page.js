import { Chart } from "./chart.js";

const MAX_ENTRIES = 200;
const SOURCES = { BUTTON: "You", EVENT: "Event", MEMBER: "Member", CALL: "Call" };
const LABELS = { freeze: "Freeze", resume: "Resume", kill: "Kill", start: "Start" };
const SILENT = "The application does not answer";

const byId = (id) => document.getElementById(id);
const count = (number) => number.toLocaleString("en");
const clock = (time) => new Date(time).toLocaleTimeString("en-GB");

// Only what differs, so that neither focus nor selection nor a screen reader is disturbed
function text(element, value) {
	if (element.textContent !== value) {
		element.textContent = value;
	}
}

function tone(element, value) {
	if (element.dataset.tone !== value) {
		element.dataset.tone = value;
	}
}

const chart = new Chart();
let obstacles = {};
let live = false;
let busy = false;

// Counts

function updateCounts(counts) {
	const failed = counts.failedReads + counts.failedWrites;
	const figures = { failed, lost: counts.lostEvents, reads: counts.reads, writes: counts.writes, events: counts.events,
		open: counts.openWrites };
	for (const [id, figure] of Object.entries(figures)) {
		text(byId(id).querySelector("dd"), count(figure));
	}
	tone(byId("failed"), failed ? "problem" : "good");
	tone(byId("lost"), counts.lostEvents ? "problem" : "good");
}

// Relation

function updateRelation(status) {
	for (const item of byId("states").children) {
		const since = status.states["etcd." + item.dataset.state];
		item.classList.toggle("on", Boolean(since));
		text(item.querySelector(".since"), since ? "since " + clock(since) : "no");
	}
	const certificate = status.certificate;
	text(byId("certificate"), certificate ? `${certificate.subject} by ${certificate.issuer}` : "none");
	text(byId("fingerprint"), certificate ? brief(certificate.fingerprint) : "none");
	byId("fingerprint").className = "fingerprint";
	text(byId("valid"), certificate ? certificate.validTo.slice(0, 10) : "none");
	text(byId("authorities"), status.authorities.length ? status.authorities.join(", ") : "none");
	text(byId("rotations"), count(status.counters.rotations));
	text(byId("refused"), count(status.counters.failedRotations));
	text(byId("waiting"), count(status.counts.waiting));
	text(byId("resumed"), count(status.counters.resumedStreams));
	const notice = status.pending ? "Refused, what was in use before still serves: " + status.pending
		: status.problem ?? status.healthReason ?? "";
	byId("notice").hidden = !notice;
	text(byId("notice"), notice);
	const up = status.health === "UP";
	text(byId("health"), "Health " + status.health);
	tone(byId("health"), up ? "good" : status.health === "UNKNOWN" ? "none" : "problem");
	text(byId("subtitle"), `A Spring Boot application on a cluster of three members, etcd ${status.etcd}, mutual TLS`);
}

function brief(fingerprint) {
	return fingerprint.replaceAll(":", "").toLowerCase().slice(0, 16) + "…";
}

// Members

function updateMembers(members) {
	const rows = byId("members");
	for (const member of members) {
		const row = rows.querySelector(`[data-member="${member.name}"]`) ?? addMember(rows, member);
		const cell = (name) => row.querySelector(`[data-cell="${name}"]`);
		const state = member.state === "unrelated" ? "no relation" : member.state;
		text(cell("state"), state);
		tone(cell("state"), state === "serving" ? "good" : ["idle", "connecting", "no relation"].includes(state) ? "none" : "warning");
		text(cell("role"), member.process !== "running" ? "away" : member.leader ? "leader" : "follower");
		row.classList.toggle("leader", member.leader);
		text(cell("version"), member.version ?? "unknown");
		text(cell("calls"), count(member.calls));
		text(cell("streams"), count(member.streams));
		updateCertificate(cell("certificate"), member);
		text(cell("process"), member.process);
	}
}

function addMember(rows, member) {
	const row = byId("member-template").content.cloneNode(true).querySelector("tr");
	row.dataset.member = member.name;
	text(row.querySelector(".name"), member.name);
	text(row.querySelector(".url"), member.url.replace("https://", ""));
	for (const button of row.querySelectorAll("button")) {
		button.dataset.member = member.name;
		prepare(button);
	}
	rows.append(row);
	return row;
}

function updateCertificate(cell, member) {
	if (!cell.firstChild) {
		for (const name of ["name", "fingerprint", "problem"]) {
			cell.append(Object.assign(document.createElement("span"), { className: name }), " ");
		}
	}
	text(cell.querySelector(".name"), member.certificate ? member.certificateName ?? "of before" : "none");
	text(cell.querySelector(".fingerprint"), member.certificate ? brief(member.certificate) : "");
	const problem = member.problem ?? (member.refusal ? "Newer one refused: " + member.refusal : "");
	text(cell.querySelector(".problem"), problem);
}

// Timeline

let announcements = [];

function addEntries(entries, first) {
	const list = byId("timeline");
	if (first) {
		list.replaceChildren();
	}
	for (const entry of entries) {
		const item = document.createElement("li");
		item.dataset.tone = entry.tone.toLowerCase();
		const time = Object.assign(document.createElement("time"), { dateTime: entry.time, textContent: clock(entry.time) });
		item.append(time, span("source", SOURCES[entry.source]), span("title", entry.title), span("detail", entry.detail));
		list.prepend(item);
		if (!first && entry.source !== "BUTTON") {
			announcements.push(entry.title);
		}
	}
	while (list.children.length > MAX_ENTRIES) {
		list.lastChild.remove();
	}
}

function span(className, content) {
	return Object.assign(document.createElement("span"), { className, textContent: content });
}

setInterval(() => {
	if (announcements.length) {
		text(byId("announcer"), announcements.slice(-4).join(". "));
		announcements = [];
	}
}, 1500);

// Buttons

const reasons = document.body.appendChild(Object.assign(document.createElement("div"), { hidden: true }));

function prepare(button) {
	const reason = reasons.appendChild(document.createElement("span"));
	reason.id = "reason-" + reasons.children.length;
	button.setAttribute("aria-describedby", reason.id);
	button.addEventListener("click", () => press(button));
}

function obstacle(button) {
	return live ? obstacles[button.dataset.button] ?? "" : SILENT;
}

function updateButtons() {
	for (const button of document.querySelectorAll("button")) {
		const { pair, member } = button.dataset;
		if (pair) {
			const [harm, mend] = pair.split(" ");
			const mends = !(`${mend}/${member}` in obstacles);
			const action = mends ? mend : harm;
			button.dataset.button = `${action}/${member}`;
			button.classList.toggle("harm", !mends);
			text(button, LABELS[action]);
			button.setAttribute("aria-label", `${LABELS[action]} ${member}`);
		}
		const reason = obstacle(button);
		text(byId(button.getAttribute("aria-describedby")), reason);
		button.setAttribute("aria-disabled", String(Boolean(reason)));
		button.title = reason;
	}
	const need = Object.values(obstacles).find((reason) => reason.startsWith("Two of three"));
	text(byId("member-note"), (need ?? "Two of three members have to run, so one at a time can be frozen or killed") + ".");
}

async function press(button) {
	const outcome = byId("outcome");
	const reason = obstacle(button) || (busy ? "Another change is being made" : "");
	if (reason) {
		tone(outcome, "none");
		text(outcome, `Not now: ${reason}.`);
		return;
	}
	busy = true;
	button.setAttribute("aria-busy", "true");
	const begin = performance.now();
	try {
		const response = await fetch("buttons/" + button.dataset.button, { method: "POST" });
		if (response.ok) {
			const { done } = await response.json();
			tone(outcome, "good");
			text(outcome, `${done} (${Math.round(performance.now() - begin)} ms).`);
		}
		else {
			tone(outcome, "problem");
			text(outcome, `Refused: ${await response.text()}.`);
		}
	}
	catch (failure) {
		tone(outcome, "problem");
		text(outcome, SILENT + ".");
	}
	finally {
		busy = false;
		button.removeAttribute("aria-busy");
	}
}

document.querySelectorAll("button").forEach(prepare);

// What the application reports

function setLive(value) {
	live = value;
	text(byId("stream"), live ? "Live" : "No answer, trying again");
	tone(byId("stream"), live ? "good" : "problem");
	updateButtons();
}

const updates = new EventSource("updates");

updates.addEventListener("update", (event) => {
	const { first, status, entries, samples } = JSON.parse(event.data);
	obstacles = status.obstacles;
	updateCounts(status.counts);
	updateRelation(status);
	updateMembers(status.members);
	addEntries(entries, first);
	chart.add(samples, first);
	setLive(true);
	document.body.dataset.ready = String(status.ready);
});
updates.addEventListener("error", () => setLive(false));
