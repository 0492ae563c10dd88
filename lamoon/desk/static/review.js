// Keys of the review page: j and k move, r says right, w goes to the list of labels. Not while typing.
const answers = [...document.querySelectorAll(".answer")];
let at = -1;

function move(step) {
  if (answers.length === 0) return;
  at = Math.min(Math.max(at + step, 0), answers.length - 1);
  answers[at].focus();
  answers[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "r" && answers[at]) answers[at].querySelector(".right").click();
  else if (event.key === "w" && answers[at]) {
    event.preventDefault();
    answers[at].querySelector("select").focus();
  }
});
