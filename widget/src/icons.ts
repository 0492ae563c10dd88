import { svg } from "lit/html.js";
import { icon } from "./icon.js";

export const chat = icon(svg`<path d="M20 11.5a7.5 7.5 0 0 1-11 6.6L4 20l1.6-4.4A7.5 7.5 0 1 1 20 11.5ZM9 11.5v.01M12.5 11.5v.01M16 11.5v.01"/>`);
export const moon = icon(svg`<path d="M19 14.5A8 8 0 1 1 10.5 4a6.5 6.5 0 0 0 8.5 10.5Z"/>`);
export const close = icon(svg`<path d="m6 6 12 12M18 6 6 18"/>`);
export const send = icon(svg`<path d="M12 19V5M6 11l6-6 6 6"/>`);
export const more = icon(svg`<path d="M12 5.5v.01M12 12v.01M12 18.5v.01"/>`);
export const down = icon(svg`<path d="M12 5v14M6 13l6 6 6-6"/>`);
export const warning = icon(svg`<path d="M12 4 2.8 19.5h18.4ZM12 10v4.5M12 17v.01"/>`);
export const heart = icon(svg`<path d="M12 20S4 15 4 9.5A4.3 4.3 0 0 1 12 7.3a4.3 4.3 0 0 1 8 2.2C20 15 12 20 12 20Z"/>`);
export const phone = icon(svg`<path d="M6 4h3l1.5 4.5-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2L20 15v3a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2Z"/>`);
export const book = icon(svg`<path d="M12 7C10 5.5 7 5 4 5.5V18c3-.5 6 0 8 1.5 2-1.5 5-2 8-1.5V5.5C17 5 14 5.5 12 7Zm0 0v12.5"/>`);
