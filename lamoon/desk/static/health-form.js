// The health form at the desk: copies its link, prints it. Without this script both are done by hand.
for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.parentElement.querySelector("[data-copied]").textContent = "Copied.";
    } catch {
      button.parentElement.querySelector("[data-copied]").textContent = "Selected: press Ctrl+C to copy it.";
    }
  });
}
for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
