import { html, nothing, type TemplateResult } from "lit/html.js";
import type { TreeNode } from "../types.js";
import { link } from "./link.js";

type Part = TemplateResult | string | typeof nothing;
/** Draws the choice that stands beside an item. */
type Beside = (choice: number) => TemplateResult | typeof nothing;

const SAFE_LINK = /^(https|mailto|tel):/i;

/** The gateway's tree as elements. Only what is named here can come out, whatever comes in. */
export function tree(nodes: TreeNode[] = [], beside: Beside = () => nothing): Part[] {
  return nodes.map((node) => element(node, beside));
}

function element({ t, c, v, href, choice }: TreeNode, beside: Beside): Part {
  const inner = tree(c, beside);
  switch (t) {
    case "text":
      return v ?? nothing;
    case "p":
      return html`<p>${inner}</p>`;
    case "ul":
      return html`<ul>${inner}</ul>`;
    case "ol":
      return html`<ol>${inner}</ol>`;
    case "li":
      return choice === undefined ? html`<li>${inner}</li>` : html`<li class="line"><span>${inner}</span>${beside(choice)}</li>`;
    case "strong":
      return html`<strong>${inner}</strong>`;
    case "em":
      return html`<em>${inner}</em>`;
    case "br":
      return html`<br />`;
    case "a":
      return href && SAFE_LINK.test(href) ? link(href, inner) : html`${inner}`;
    default:
      return html`${inner}`;
  }
}

/** The words of a tree, for the live region. */
export function plain(nodes: TreeNode[] = []): string {
  return nodes.map(({ v, c }) => v ?? plain(c)).join(" ").trim();
}
