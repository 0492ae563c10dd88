// The page's few moving parts: what the studio says of itself, questions that open the chat, and the snippet.
const chat = () => document.querySelector("lamoon-chat");

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => chat()?.say(button.dataset.ask));
}

const snippet = document.querySelector("#snippet");
snippet.textContent = snippet.textContent.replace("https://chat.example.com", location.origin);

document.querySelector("#copy").addEventListener("click", async () => {
  const status = document.querySelector("#copied");
  try {
    await navigator.clipboard.writeText(snippet.textContent);
    status.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(snippet);
    status.textContent = "Selected: press Ctrl or Cmd and C.";
  }
});

const links = { phone: (value) => `tel:${value.replace(/[^+\d]/g, "")}`, email: (value) => `mailto:${value}`, booking_link: (value) => value };

function show(name, value) {
  const row = document.querySelector(`[data-row="${name}"]`);
  const text = Array.isArray(value) ? value.map(({ day, hours }) => `${day}: ${hours}`).join("\n") : value;
  if (!row || !text) return;
  const place = row.querySelector("dd");
  if (links[name]) {
    const link = document.createElement("a");
    link.href = links[name](text);
    link.textContent = text;
    place.replaceChildren(link);
  } else {
    place.textContent = text;
  }
  row.hidden = document.querySelector("[data-facts]").hidden = false;
}

// Without an answer the page stays as it is: everything on it holds without these facts.
const answer = await fetch("/chat/studio").catch(() => null);
if (answer?.ok) {
  const studio = await answer.json();
  document.querySelector('[data-fact="name"]').textContent = document.title = studio.name;
  Object.entries(studio).forEach(([name, value]) => show(name, value));
}
