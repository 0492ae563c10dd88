// The review page. Keys: j and k move, r says right, w goes to the topics; not while typing. A verdict is sent without
// reloading the page, and the next answer has the focus.
import { stay, swap } from "./stay.js";

const answers = () => [...document.querySelectorAll(".answer")];
let at = -1;

function go(to) {
  const all = answers();
  if (all.length === 0) return;
  at = Math.min(Math.max(to, 0), all.length - 1);
  all[at].focus();
  all[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const here = answers()[at];
  if (event.key === "j") go(at + 1);
  else if (event.key === "k") go(at - 1);
  else if (event.key === "r" && here) here.querySelector(".right").click();
  else if (event.key === "w" && here) {
    event.preventDefault();
    here.querySelector("[name='meant']").focus();
  }
});

// Enter in the field means what was typed, not the first button of the form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.name !== "meant" || !event.target.value.trim()) return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector("[value='wrong']"));
});

stay(".verdict", (page, form) => {
  const place = answers().indexOf(form.closest(".answer"));
  swap(page, "left");
  form.closest(".answer").remove();
  if (answers().length === 0) {
    location.reload(); // earlier ones, or the word that there are none
    return;
  }
  go(place);
});
