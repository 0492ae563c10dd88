import type { Words } from "./words.js";

/** The day of a message as a separator says it: today, yesterday, or the date. */
export function day(at: Date, words: Words, language: string): string {
  const ago = Math.round((midnight(new Date()) - midnight(at)) / 86_400_000);
  if (ago === 0) return words.today;
  if (ago === 1) return words.yesterday;
  return at.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
}

export function clock(at: Date, language: string): string {
  return at.toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" });
}

function midnight(at: Date): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
