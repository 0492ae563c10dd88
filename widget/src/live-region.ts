const SPOKEN_AFTER = 8000;

/** Says things to screen readers, apart from the visible conversation, and forgets them again. */
export class LiveRegion {
  constructor(private readonly element: () => HTMLElement) {}

  say(text: string): void {
    const line = document.createElement("p");
    line.textContent = text;
    this.element().append(line);
    setTimeout(() => line.remove(), SPOKEN_AFTER);
  }
}
