// The chat on your site: shows the choices at once; the line is made by the server.
const form = document.getElementById("look");
const preview = document.getElementById("preview");

/** Black or white, whichever reads better on the colour. */
function on(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

function show() {
  const given = new FormData(form);
  preview.style.setProperty("--accent", given.get("accent"));
  preview.style.setProperty("--on-accent", on(given.get("accent")));
  preview.dataset.position = given.get("position");
  preview.dataset.theme = given.get("theme");
  const heading = form.elements.heading;
  preview.querySelector(".bar").textContent = given.get("heading").trim() || heading.placeholder;
}

form.addEventListener("input", show);
show();
