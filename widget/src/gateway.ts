import type { Outgoing, Studio, TeamMessage, Vote } from "./types.js";

const TIMEOUT = 15_000;

/** The gateway said no, or could not be reached (status 0). `message` is a sentence for the visitor, or empty. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The gateway's addresses under `/chat`, as docs/gateway.md lists them. Every method raises ApiError. */
export class Gateway {
  constructor(
    readonly address: string,
    private readonly token: () => string | null,
  ) {}

  studio(): Promise<Studio> {
    return this.#json("GET", "studio");
  }

  begin(language: string): Promise<{ token: string }> {
    return this.#json("POST", "conversations", { language });
  }

  send({ client_id, text, choice, corrects }: Outgoing): Promise<{ id: number; at: string }> {
    return this.#json("POST", "messages", choice ? { client_id, choice } : { client_id, text, corrects });
  }

  async withdraw(client_id: string): Promise<void> {
    await this.#ask("DELETE", `messages/${client_id}`);
  }

  async vote(message: number, value: Vote, word: string | null): Promise<void> {
    await this.#ask("POST", "feedback", { message, value, word });
  }

  /** Shows the team that the visitor types, not what. It does not matter if this fails. */
  types(): void {
    this.#ask("POST", "presence", { typing: true }).catch(() => 0);
  }

  async restart(): Promise<void> {
    await this.#ask("POST", "restart");
  }

  async forget(withdraw: boolean): Promise<void> {
    await this.#ask("DELETE", `conversation${withdraw ? "?requests=withdraw" : ""}`);
  }

  async transcript(): Promise<Blob> {
    return (await this.#ask("GET", "transcript")).blob();
  }

  async tellTeam(client_id: string, message: TeamMessage): Promise<void> {
    await this.#ask("POST", "message-to-team", { client_id, ...message, consent: true });
  }

  /** The stream of events after a message; ends when `signal` says so. */
  stream(after: number, signal: AbortSignal): Promise<Response> {
    return this.#ask("GET", `stream?after=${after}`, undefined, signal);
  }

  async #json<T>(method: string, path: string, body?: object): Promise<T> {
    return (await this.#ask(method, path, body)).json() as Promise<T>;
  }

  async #ask(method: string, path: string, body?: object, signal = AbortSignal.timeout(TIMEOUT)): Promise<Response> {
    const headers: Record<string, string> = {};
    const token = this.token();
    if (token) headers["Authorization"] = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const request = { method, headers, signal, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store" } as const;
    const response = await fetch(`${this.address}/chat/${path}`, request).catch(() => {
      throw new ApiError(0, "");
    });
    if (response.ok) return response;
    const said = (await response.json().catch(() => null)) as { error?: { message?: string; retry_after?: number } } | null;
    throw new ApiError(response.status, said?.error?.message ?? "", said?.error?.retry_after);
  }
}
