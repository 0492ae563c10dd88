// What the browser keeps: the token, the marks of what was read, and messages that are not delivered yet. Never a transcript.

/** localStorage under a prefix; where a browser forbids or has filled it, the same for the life of the page. */
export class Memory {
  #page = new Map<string, string>();

  constructor(private readonly prefix: string) {}

  get(key: string): string | null {
    const name = this.prefix + key;
    try {
      return localStorage.getItem(name) ?? this.#page.get(name) ?? null;
    } catch {
      return this.#page.get(name) ?? null;
    }
  }

  set(key: string, value: string): void {
    const name = this.prefix + key;
    try {
      localStorage.setItem(name, value);
    } catch {
      this.#page.set(name, value);
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
    const names = [...this.#page.keys()];
    try {
      names.push(...Object.keys(localStorage));
    } catch {
      // Only those of the page.
    }
    const whole = this.prefix + start;
    return names.filter((name) => name.startsWith(whole)).map((name) => name.slice(this.prefix.length)).sort();
  }

  /** Calls back with the key when another tab changes one; returns what ends that. */
  watch(changed: (key: string) => void): () => void {
    const listen = (event: StorageEvent) => {
      if (event.key?.startsWith(this.prefix)) changed(event.key.slice(this.prefix.length));
    };
    addEventListener("storage", listen);
    return () => removeEventListener("storage", listen);
  }
}
