import { svg, type SVGTemplateResult } from "lit/html.js";

/** Own line icons on a grid of 24; decoration only, the button that holds one has a name. */
export const icon = (shape: SVGTemplateResult): SVGTemplateResult =>
  svg`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shape}</svg>`;
