// Try it: the conversation goes on without reloading the page, with the cursor in the box.
import { stay, swap } from "./stay.js";

const box = document.getElementById("text");

stay(".composer, #talk form, #steps form", (page, form) => {
  swap(page, "talk");
  swap(page, "steps");
  for (const field of page.querySelectorAll(".composer [type='hidden']")) box.form.elements[field.name].value = field.value;
  if (form === box.form) {
    box.value = "";
    box.dispatchEvent(new Event("input"));
  }
  document.querySelector("main > .done")?.remove();
  document.getElementById("said").textContent = page.querySelector("main > .done")?.textContent ?? "";
  document.getElementById("latest")?.scrollIntoView({ block: "nearest" });
  box.focus();
});
