// Fetches the page again while tests run, and replaces the progress.
import { read } from "./read.js";

const PAUSE = 1000; // milliseconds between two readings

async function follow() {
  while (document.querySelector("#progress[data-busy]")) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    const old = document.getElementById("progress");
    if (old.contains(document.activeElement)) continue; // has the focus
    const fresh = (await read("/desk/tests").catch(() => null))?.getElementById("progress");
    if (fresh) old.replaceWith(document.adoptNode(fresh));
  }
}

follow();
