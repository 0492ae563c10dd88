/** The colour, or null for one that CSS does not know, which is reported to the page's author. */
export function colour(text: string | null): string | null {
  if (!text || CSS.supports("color", text)) return text;
  console.warn(`lamoon-chat: "accent" is not used: "${text}". Expected a CSS colour, such as #74483a`);
  return null;
}

/** Black or white, whichever is easier to read on this colour (WCAG relative luminance). Any CSS colour will do. */
export function contrastOf(colour: string): string {
  const probe = document.createElement("canvas").getContext("2d")!;
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = Array.from(probe.getImageData(0, 0, 1, 1).data, linear);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

function linear(value: number): number {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
