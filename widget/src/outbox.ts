import type { Memory } from "./memory.js";
import type { Outgoing } from "./types.js";

const KEY = "outbox:";
const FIRST = 1e9; // all have as many digits, so that their keys are sorted by it

/**
 * Messages that the gateway has not confirmed. One key each: tabs add and remove without overwriting each other. They are
 * counted, because a device's clock may be set back between two messages.
 */
export class Outbox {
  constructor(private readonly memory: Memory) {}

  add(text: string, more: Pick<Outgoing, "choice" | "corrects"> = {}): Outgoing {
    const order = (this.list().at(-1)?.order ?? FIRST) + 1;
    const outgoing: Outgoing = { order, client_id: uuid(), at: new Date().toISOString(), text, ...more };
    this.memory.set(key(outgoing), JSON.stringify(outgoing));
    return outgoing;
  }

  remove(outgoing: Outgoing): void {
    this.memory.delete(key(outgoing));
  }

  clear(): void {
    this.list().forEach(this.remove, this);
  }

  /** In the order in which they were written. */
  list(): Outgoing[] {
    return this.memory.keys(KEY).flatMap((name) => {
      try {
        return [JSON.parse(this.memory.get(name) ?? "") as Outgoing];
      } catch {
        this.memory.delete(name);
        return [];
      }
    });
  }
}

function key({ order, client_id }: Outgoing): string {
  return KEY + order + client_id;
}

/** crypto.randomUUID exists only on https pages and localhost. */
export function uuid(): string {
  const random = crypto.getRandomValues(new Uint8Array(36));
  const digit = (shape: string, at: number) => (+shape ^ (random[at]! & (15 >> (+shape / 4)))).toString(16);
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, digit);
}
