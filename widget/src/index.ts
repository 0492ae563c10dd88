import { LamoonChat } from "./chat.js";

// Known only while the script runs for the first time, and only for a classic script: which is how pages embed it.
const script = document.currentScript as HTMLScriptElement | null;
const origin = script ? new URL(script.src).origin : location.origin;

class Chat extends LamoonChat {
  static #own: Chat | null = null;
  #removed = false;

  constructor() {
    super(origin);
  }

  /** The page's own element, or one at its end that takes the script's `data-` attributes as its own. */
  static mount(): void {
    if (document.querySelector("lamoon-chat")) return;
    if (!Chat.#own) {
      Chat.#own = new Chat();
      for (const [name, value] of Object.entries(script?.dataset ?? {})) if (value) Chat.#own.setAttribute(name, value);
    }
    if (!Chat.#own.#removed) document.body.append(Chat.#own);
  }

  /** For pages that do not want the chat any more: it does not come back. */
  override remove(): void {
    this.#removed = true;
    super.remove();
  }

  /** Pages that exchange their body without being loaded again (Turbo, pjax, own routers) take the chat away with it. */
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (Chat.#own) setTimeout(Chat.mount);
  }
}

const known = customElements.get("lamoon-chat") as typeof Chat | undefined;
if (known) known.mount();
else {
  customElements.define("lamoon-chat", Chat);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", Chat.mount);
  else Chat.mount();
}
