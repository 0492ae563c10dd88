// Teach: looks at a change while it is typed, and follows the work on a new version.
import { read, send } from "./read.js";

const PAUSE = 700; // milliseconds without a key before the server looks
const EVERY = 1500; // between two readings of the progress

const form = document.getElementById("lesson");
let waiting;

async function look() {
  const fresh = (await send("/desk/teach/look", new FormData(form)).catch(() => null))?.getElementById("look");
  const old = document.getElementById("look");
  if (fresh && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(fresh));
  if (fresh?.textContent.includes("being read")) waiting = setTimeout(look, EVERY * 4);
}

form?.addEventListener("input", (event) => {
  if (event.target.name === "stated") return;
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
});

async function follow() {
  while (document.querySelector("#progress[data-busy]")) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    const old = document.getElementById("progress");
    const fresh = (await read("/desk/teach").catch(() => null))?.getElementById("progress");
    if (!fresh) continue;
    if (!fresh.hasAttribute("data-busy")) {
      location.replace("/desk/teach"); // ready, live or failed: the whole page differs
      return;
    }
    if (!old.contains(document.activeElement)) old.replaceWith(document.adoptNode(fresh));
  }
}

follow();
