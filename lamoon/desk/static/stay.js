// Forms that are sent without reloading the page, so that the cursor and what is open stay.
import { send } from "./read.js";

/** Sends forms that match, and hands the page that the server answers with to `shown`. What it refuses, its own page says. */
export function stay(selector, shown) {
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (!form.matches(selector) || form.dataset.plain) return;
    event.preventDefault();
    if (form.dataset.busy) return; // a second press
    form.dataset.busy = "yes";
    const page = await send(form.action, new FormData(form, submitter)).catch(() => null);
    delete form.dataset.busy;
    if (page) {
      shown(page, form);
    } else {
      form.dataset.plain = "yes";
      form.requestSubmit(submitter);
    }
  });
}

/** Puts an element of another reading of the page in the place of ours. */
export function swap(page, id) {
  const fresh = page.getElementById(id);
  if (fresh) document.getElementById(id)?.replaceWith(document.adoptNode(fresh));
}
