// Keeps a page of the inbox fresh: after a change the page is fetched again, and its live parts are replaced.
import { read } from "./read.js";

const PAUSE = 300; // milliseconds between two readings
const title = document.title;
const ours = document.querySelector("[data-conversation]");

function exchange(fresh) {
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(old.id);
    if (!next || next.isEqualNode(old)) continue;
    const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 40;
    const place = old.scrollTop;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const adopted = document.adoptNode(next);
    old.replaceWith(adopted);
    adopted.scrollTop = atEnd ? adopted.scrollHeight : place;
    if (focused) document.getElementById(focused)?.focus();
  }
  badge();
}

/** Puts the number of waiting visitors before the title, visible from another tab. */
function badge() {
  const waiting = Number(document.querySelector("[data-waiting]")?.dataset.waiting ?? 0);
  document.title = waiting ? `(${waiting}) ${title}` : title;
}

let reading = false;
let again = false;
async function refresh() {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  try {
    exchange(await read(location.pathname + location.search));
  } catch {
    // Signed out, or the server is away: the page stays as it was.
  }
  setTimeout(() => {
    reading = false;
    if (again) {
      again = false;
      refresh();
    }
  }, PAUSE);
}

new EventSource(`/desk/inbox/live${ours ? `?conversation=${ours.dataset.conversation}` : ""}`).addEventListener("changed", refresh);

const said = document.getElementById("said");
if (said) said.scrollTop = said.scrollHeight;
badge();

// Drafts survive clicks on other buttons, and a sign-in, until sent. They are gone with the tab.
const text = document.getElementById("text");
if (text) {
  const draft = `draft ${ours.dataset.conversation}`;
  if ("sent" in text.dataset) sessionStorage.removeItem(draft);
  text.value ||= sessionStorage.getItem(draft) ?? "";
  text.addEventListener("input", () => sessionStorage.setItem(draft, text.value));
}
document.addEventListener("click", (event) => {
  const canned = event.target.closest?.("[data-canned]");
  if (!canned || !text) return;
  event.preventDefault();
  text.setRangeText(canned.dataset.canned, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input"));
  text.focus();
});
text?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) text.form.requestSubmit();
});
