import { html, type TemplateResult } from "lit/html.js";

/** A page opens beside the chat; a call or a mail does not leave it. */
export function link(href: string, content: unknown): TemplateResult {
  return html`<a href=${href} target=${href.startsWith("http") ? "_blank" : "_self"} rel="noopener noreferrer">${content}</a>`;
}
