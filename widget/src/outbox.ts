import type { Memory } from "./memory.js";
import type { Outgoing } from "./types.js";

const KEY = "outbox:";

/** Messages that the gateway has not confirmed. One key each: tabs add and remove without overwriting each other. */
export class Outbox {
  constructor(private readonly memory: Memory) {}

  add(text: string, choice?: string): Outgoing {
    const outgoing: Outgoing = { client_id: uuid(), at: new Date().toISOString(), text, choice };
    this.memory.set(key(outgoing), JSON.stringify(outgoing));
    return outgoing;
  }

  remove(outgoing: Outgoing): void {
    this.memory.delete(key(outgoing));
  }

  clear(): void {
    this.list().forEach((outgoing) => this.remove(outgoing));
  }

  /** Oldest first. */
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

function key({ at, client_id }: Outgoing): string {
  return `${KEY}${at}:${client_id}`;
}

/** crypto.randomUUID exists only on https pages and localhost. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
