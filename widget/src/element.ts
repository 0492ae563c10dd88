import { render, type TemplateResult } from "lit/html.js";

/**
 * A custom element that draws a template into its shadow root, at most once a task. What of LitElement the chat needs: with
 * all of it the file would not keep within its size.
 */
export abstract class TemplateElement extends HTMLElement {
  readonly root = this.attachShadow({ mode: "open" });
  #drawing: Promise<void> | null = null;

  constructor(css: string[]) {
    super();
    css.forEach(this.adopt, this);
  }

  adopt(css: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.root.adoptedStyleSheets.push(sheet);
  }

  /** Draws soon; the promise is kept when that is done. */
  update(): Promise<void> {
    return (this.#drawing ??= Promise.resolve().then(() => {
      this.#drawing = null;
      render(this.template(), this.root);
      this.drawn();
    }));
  }

  attributeChangedCallback(): void {
    if (this.isConnected) void this.update();
  }

  /** The first element of the shadow root that matches. */
  find<T extends HTMLElement>(selector: string): T {
    return this.root.querySelector<T>(selector)!;
  }

  protected abstract template(): TemplateResult;
  protected abstract drawn(): void;
}
