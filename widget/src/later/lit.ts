import type { LamoonChat } from "../chat.js";

// Stands for lit in the second file: the lit that the first one brought draws all of the chat.
export const { html, nothing, svg } = (customElements.get("lamoon-chat") as typeof LamoonChat).lit;
