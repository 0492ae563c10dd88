// Every page of the desk: it follows the live stream, refreshes what changed, counts in menu and title, rings, and says
// when it is not up to date.
import { Freshness } from "./freshness.js";
import { UNATTENDED, read } from "./read.js";
import { ring } from "./ring.js";
import { workerAt } from "./trusted.js";

const PATIENCE = 4_000;
const REOPEN = 15_000;
const KEPT_ALIVE = 60_000; // between two signs that the page is in view
const REASONS = {
  offline: "this device has no network connection",
  unreachable: "the server does not answer",
  failing: "the server cannot read its database",
  "signed-out": "you are signed out",
  silent: "nothing has arrived since",
};
const page = document.body;
const bar = document.getElementById("freshness");
const conversation = page.dataset.conversation;
const query = conversation ? `?conversation=${conversation}` : "";
const counts = {};
let stale = false;
let signedOut = false;

async function ask() {
  const headers = document.hidden ? { [UNATTENDED]: "1" } : {};
  const answer = await fetch(`/desk/live/state${query}`, { redirect: "manual", cache: "no-store", headers, signal: AbortSignal.timeout(PATIENCE) }).catch(() => {
    throw navigator.onLine ? "unreachable" : "offline";
  });
  if (answer.type === "opaqueredirect") {
    signedOut = true;
    throw "signed-out";
  }
  if (!answer.ok) throw answer.status === 503 ? "failing" : "unreachable";
  return answer.json().catch(() => {
    throw "unreachable";
  });
}

/** Reads the page again and exchanges its live parts, unless `isWanted` says that this came too late. */
async function refresh(isWanted) {
  const fresh = await read(location.pathname + location.search).catch(() => {
    throw navigator.onLine ? "unreachable" : "offline";
  });
  if (!fresh.body.dataset.version) throw "signed-out";
  if (isWanted()) exchange(fresh);
  return fresh.body.dataset.version;
}

function exchange(fresh) {
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(old.id);
    if (!next || next.isEqualNode(old)) continue;
    const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 40;
    const place = old.scrollTop;
    const pageAtEnd = document.documentElement.scrollHeight - scrollY - innerHeight < 40;
    const focused = old.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : "";
    const adopted = document.adoptNode(next);
    old.replaceWith(adopted);
    adopted.scrollTop = atEnd ? adopted.scrollHeight : place;
    if (adopted.id === "said" && pageAtEnd && scrollY > 0) scrollTo(0, document.documentElement.scrollHeight);
    if (focused) (document.getElementById(focused) ?? adopted.querySelector(`[href="${CSS.escape(focused)}"]`))?.focus();
  }
  for (const name of ["last", "title"]) if (name in fresh.body.dataset) page.dataset[name] = fresh.body.dataset[name];
  for (const place of fresh.querySelectorAll("[data-count]")) count(place.dataset.count, Number(place.textContent));
  title();
  dispatchEvent(new Event("desk-refreshed"));
}

function tell(state) {
  if (signedOut) location.reload(); // signed in again elsewhere: this page's forms are of the session before
  for (const [name, number] of Object.entries(state.counts)) count(name, number);
  title();
  ring(state.rings);
}

function count(name, number) {
  counts[name] = number;
  for (const place of document.querySelectorAll(`[data-count="${name}"]`)) {
    place.textContent = number;
    place.hidden = !number;
  }
}

/** How many wait, visible from another tab; a question mark where that is not known. */
function title() {
  const number = stale ? "(?) " : counts.inbox ? `(${counts.inbox}) ` : "";
  document.title = number + page.dataset.title;
}

function show(trouble) {
  stale = trouble !== null;
  title();
  if (!trouble) {
    bar.hidden = true;
    return;
  }
  const since = new Date(trouble.since);
  const today = since.toDateString() === new Date().toDateString();
  const clock = since.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = today ? "" : `${since.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" })}, `;
  const said = `Not up to date since ${day}${clock}: ${REASONS[trouble.reason] ?? REASONS.unreachable}.`;
  if (bar.dataset.said !== said) {
    bar.dataset.said = said;
    bar.replaceChildren(`${said} `);
    if (trouble.reason === "signed-out") {
      const again = document.createElement("a");
      again.href = `/desk/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
      again.textContent = "Sign in again";
      bar.append(again);
    } else bar.append("It is tried again every few seconds.");
  }
  bar.hidden = false;
}

let stream = null;
let opened = 0;
function open() {
  stream?.close();
  opened = Date.now();
  const mine = (stream = new EventSource(`/desk/live${query}`));
  mine.addEventListener("state", (event) => mine === stream && freshness.heard(JSON.parse(event.data)));
  mine.addEventListener("signed-out", () => {
    mine.close();
    freshness.wake();
  });
  mine.addEventListener("typing", () => dispatchEvent(new Event("desk-typing")));
}

const now = () => ({ wall: Date.now(), running: performance.now() });
const freshness = new Freshness(page.dataset.version, performance.timeOrigin, { now, ask, read: refresh, tell, show, reopen: open });
let seen = Date.now();
function tick() {
  freshness.tick();
  if (stream.readyState === EventSource.CLOSED && Math.abs(Date.now() - opened) > REOPEN) open();
  // A page in view keeps the session, as a click does.
  if (!document.hidden && Math.abs(Date.now() - seen) > KEPT_ALIVE) {
    seen = Date.now();
    ask().catch(() => {});
  }
  for (const time of document.querySelectorAll("[data-since]")) time.textContent = since(Number(time.dataset.since));
}

function since(moment) {
  const minutes = Math.floor((Date.now() / 1000 - moment) / 60);
  for (const [size, name] of [[1440, "day"], [60, "hour"], [1, "minute"]]) {
    if (minutes >= size) return `${Math.floor(minutes / size)} ${name}${minutes >= 2 * size ? "s" : ""}`;
  }
  return "less than a minute";
}

for (const place of document.querySelectorAll("[data-count]")) count(place.dataset.count, Number(place.textContent));
open();
try {
  new Worker(workerAt("/desk/static/tick.js")).onmessage = tick;
} catch {
  setInterval(tick, 1000);
}
addEventListener("offline", () => freshness.fails("offline"));
for (const event of ["online", "pageshow"]) addEventListener(event, () => freshness.wake());
document.addEventListener("visibilitychange", () => document.hidden || freshness.wake());
addEventListener("pagehide", () => stream.close());

navigator.serviceWorker?.register(workerAt("/desk/worker.js")).catch(() => {}); // the desk works without
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const search = document.getElementById("q");
  if (!search) return;
  event.preventDefault();
  search.focus();
});
