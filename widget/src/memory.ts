// What the browser keeps: the token, the marks of what was read, and messages that are not delivered yet. Never a transcript.

/**
 * localStorage under a prefix. The page has a copy, for browsers that forbid or have filled it, and because the page around the
 * chat may clear it while somebody writes: the conversation goes on, and is kept again once they do.
 */
export class Memory {
  #page = new Map<string, string>();

  constructor(private readonly prefix: string) {}

  get(key: string): string | null {
    const name = this.prefix + key;
    try {
      const kept = localStorage.getItem(name);
      if (kept !== null) this.#page.set(name, kept);
    } catch {
      // The page's copy is all there is.
    }
    return this.#page.get(name) ?? null;
  }

  set(key: string, value: string): void {
    const name = this.prefix + key;
    this.#page.set(name, value);
    try {
      localStorage.setItem(name, value);
    } catch {
      // The page's copy is all there is.
    }
  }

  delete(key: string): void {
    const name = this.prefix + key;
    this.#page.delete(name);
    try {
      localStorage.removeItem(name);
    } catch {
      // Nothing is kept there then.
    }
  }

  /** The keys that start with `start`, sorted. */
  keys(start: string): string[] {
    const names = new Set(this.#page.keys());
    try {
      Object.keys(localStorage).forEach(names.add, names);
    } catch {
      // Only those of the page.
    }
    const whole = this.prefix + start;
    return [...names].filter((name) => name.startsWith(whole)).map((name) => name.slice(this.prefix.length)).sort();
  }

  /** Calls back with the key when another tab changes one; returns what ends that. */
  watch(changed: (key: string) => void): () => void {
    const listen = ({ key, newValue }: StorageEvent) => {
      if (!key?.startsWith(this.prefix)) return; // without a key all was cleared, by the page
      if (newValue === null) this.#page.delete(key);
      changed(key.slice(this.prefix.length));
    };
    addEventListener("storage", listen);
    return () => removeEventListener("storage", listen);
  }
}
