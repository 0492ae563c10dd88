import { LamoonChat } from "./chat.js";

// Known only while the script runs for the first time, and only for a classic script: which is how pages embed it.
const script = document.currentScript as HTMLScriptElement | null;
const origin = script ? new URL(script.src).origin : location.origin;

/** The page's own element, or one at its end that takes the script's `data-` attributes as its own. */
function mount(): void {
  if (document.querySelector("lamoon-chat")) return;
  const chat = document.createElement("lamoon-chat");
  for (const [name, value] of Object.entries(script?.dataset ?? {})) if (value) chat.setAttribute(name, value);
  document.body.append(chat);
}

class Chat extends LamoonChat {
  constructor() {
    super(origin);
  }
}

if (!customElements.get("lamoon-chat")) {
  customElements.define("lamoon-chat", Chat);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount);
  else mount();
}
