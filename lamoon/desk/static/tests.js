// Tests: plays, follows and accepts without reloading the page. Keys: j and k move between differences, a expects the new
// answer, after which the next difference has the focus.
import { read } from "./read.js";
import { stay } from "./stay.js";

const PLACE = "/desk/tests";
const PAUSE = 1000; // milliseconds between two readings
let following = false;

const differences = () => [...document.querySelectorAll(".turn.differs")];

/** Puts the progress of another reading in place. Which conversations are open stays. */
function show(page) {
  const fresh = page?.getElementById("progress");
  if (!fresh) return;
  const old = document.getElementById("progress");
  for (const details of old.querySelectorAll(".test > details")) {
    const same = fresh.querySelector(`#${CSS.escape(details.parentElement.id)} > details`);
    if (same) same.open = details.open;
  }
  old.replaceWith(document.adoptNode(fresh));
}

async function follow() {
  if (following) return;
  following = true;
  while (document.querySelector("#progress[data-busy]")) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (document.getElementById("progress").contains(document.activeElement)) continue;
    show(await read(PLACE).catch(() => null));
  }
  following = false;
}

function go(to) {
  const all = differences();
  const target = all[Math.min(Math.max(to, 0), all.length - 1)] ?? document.getElementById("summary");
  target.closest("details")?.setAttribute("open", "");
  target.focus();
  target.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const all = differences();
  const at = all.findIndex((turn) => turn.contains(document.activeElement));
  if (event.key === "j") go(at + 1);
  else if (event.key === "k") go(at - 1);
  else if (event.key === "a") all[at]?.querySelector(".accept")?.click();
});

stay("[data-here]", (page, form) => {
  const at = differences().findIndex((turn) => turn.contains(form));
  const inside = form.closest("#progress") !== null;
  show(page);
  if (at >= 0) go(at);
  else if (inside) document.getElementById("summary").focus();
  follow();
});

follow();
