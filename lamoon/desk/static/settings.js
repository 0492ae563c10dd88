// Settings: shows what visitors would read while the form is filled in.
import { send } from "./read.js";

const PAUSE = 500; // milliseconds without a key before the server looks

const form = document.getElementById("section");
let waiting;

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const fresh = (await send(form.dataset.look, new FormData(form)).catch(() => null))?.getElementById("look");
    if (fresh) document.getElementById("look").replaceWith(document.adoptNode(fresh));
  }, PAUSE);
});
