import { html, nothing, type TemplateResult } from "lit/html.js";
import type { TreeNode } from "../types.js";

type Part = TemplateResult | string | typeof nothing;

const SAFE_LINK = /^(https|mailto|tel):/i;

/** The gateway's tree as elements. Only what is named here can come out, whatever comes in. */
export function tree(nodes: TreeNode[] = []): Part[] {
  return nodes.map(element);
}

function element({ t, c, v, href }: TreeNode): Part {
  switch (t) {
    case "text":
      return v ?? nothing;
    case "p":
      return html`<p>${tree(c)}</p>`;
    case "ul":
      return html`<ul>${tree(c)}</ul>`;
    case "ol":
      return html`<ol>${tree(c)}</ol>`;
    case "li":
      return html`<li>${tree(c)}</li>`;
    case "strong":
      return html`<strong>${tree(c)}</strong>`;
    case "em":
      return html`<em>${tree(c)}</em>`;
    case "br":
      return html`<br />`;
    case "a":
      return href && SAFE_LINK.test(href) ? link(href, tree(c)) : html`${tree(c)}`;
    default:
      return html`${tree(c)}`;
  }
}

/** A page opens beside the chat; a call or a mail does not leave it. */
export function link(href: string, content: unknown): TemplateResult {
  return html`<a href=${href} target=${href.startsWith("http") ? "_blank" : "_self"} rel="noopener noreferrer">${content}</a>`;
}

/** The words of a tree, for the live region. */
export function plain(nodes: TreeNode[] = []): string {
  return nodes.map(({ v, c }) => v ?? plain(c)).join(" ").trim();
}
