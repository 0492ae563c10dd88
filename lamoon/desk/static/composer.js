// The page of a conversation: drafts, ready replies by "/", who types and who has read.
const page = document.body;
const place = `/desk/inbox/conversation/${page.dataset.conversation}`;
const csrf = document.querySelector('input[name="csrf"]').value;
const text = document.getElementById("text");
const ready = document.getElementById("ready");
const post = (what, fields) => fetch(`${place}/${what}`, { method: "POST", body: new URLSearchParams({ csrf, ...fields }), redirect: "manual" }).catch(() => {});

// Drafts survive clicks on other buttons, and a sign-in, until sent. They are gone with the tab.
for (const field of [text, document.getElementById("note")]) {
  const draft = `draft ${field.id} ${page.dataset.conversation}`;
  if ("sent" in field.dataset) sessionStorage.removeItem(draft);
  const keep = () => sessionStorage.setItem(draft, field.value);
  field.value ||= sessionStorage.getItem(draft) ?? "";
  keep(); // what was typed before this script was there, too
  field.addEventListener("input", keep);
}

// The end of what was said is in sight, as one left it.
const said = () => document.getElementById("said");
const toEnd = () => {
  said().scrollTop = said().scrollHeight;
  if (getComputedStyle(said()).overflowY === "visible") said().scrollIntoView({ block: "end" });
};
if (!location.hash) toEnd();

// Ready replies: "/" at the beginning of a word, and the beginning of a shortcut.
const all = [...document.querySelectorAll("[data-ready]")].map(({ dataset }) => ({ shortcut: dataset.shortcut, text: dataset.ready }));
let chosen = 0;
function slashed() {
  return text.value.slice(0, text.selectionStart).match(/(?:^|\s)\/([\p{L}\p{N}_-]*)$/u);
}
function offer() {
  const typed = slashed();
  const found = typed ? all.filter(({ shortcut }) => shortcut.startsWith(typed[1].toLowerCase())).slice(0, 6) : [];
  chosen = 0;
  ready.hidden = !found.length;
  ready.replaceChildren(
    ...found.map((one, index) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      const name = document.createElement("strong");
      name.textContent = `/${one.shortcut}`;
      button.append(name, ` ${one.text}`);
      button.type = "button";
      button.className = "plain";
      button.addEventListener("click", () => take(one));
      if (!index) button.dataset.chosen = "";
      item.append(button);
      return item;
    }),
  );
}
function take(one) {
  const typed = slashed();
  const end = text.selectionStart;
  const start = typed ? end - typed[1].length - 1 : end;
  put(one.text, start, text.selectionEnd);
  ready.hidden = true;
}
function put(words, start, end) {
  const before = text.value.slice(0, start);
  const gap = before && !/\s$/.test(before) ? " " : "";
  text.setRangeText(gap + words, start, end, "end");
  text.dispatchEvent(new Event("input"));
  text.focus();
}
function move(step) {
  const buttons = [...ready.querySelectorAll("button")];
  delete buttons[chosen].dataset.chosen;
  chosen = (chosen + step + buttons.length) % buttons.length;
  buttons[chosen].dataset.chosen = "";
}
document.addEventListener("click", (event) => {
  const one = event.target.closest?.("[data-ready]");
  if (!one) return;
  event.preventDefault();
  put(one.dataset.ready, text.selectionStart, text.selectionEnd);
  one.closest("details").open = false;
});
text.addEventListener("input", offer);
text.addEventListener("keydown", (event) => {
  if (!ready.hidden && ["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"].includes(event.key)) {
    event.preventDefault();
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape") ready.hidden = true;
    else ready.querySelectorAll("button")[chosen].click();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) text.form.requestSubmit();
});

// The visitor sees that somebody writes, the team sees that the visitor does; never what.
const AGAIN = 4_000;
let told = 0;
text.addEventListener("input", () => {
  if (!text.value || Date.now() - told < AGAIN) return;
  told = Date.now();
  void post("typing", { on: "yes" });
});
let typing = 0;
addEventListener("desk-typing", () => {
  const sign = document.getElementById("typing");
  if (!sign) return;
  const wasAtEnd = said().scrollHeight - said().scrollTop - said().clientHeight < 40;
  sign.hidden = false;
  if (wasAtEnd) toEnd();
  clearTimeout(typing);
  typing = setTimeout(() => (document.getElementById("typing").hidden = true), 6_000);
});

// What is in view has been read.
let read = 0;
function reading() {
  const last = Number(page.dataset.last);
  if (document.hidden || last <= read) return;
  read = last;
  void post("read", { message: last });
}
reading();
addEventListener("desk-refreshed", reading);
document.addEventListener("visibilitychange", reading);
