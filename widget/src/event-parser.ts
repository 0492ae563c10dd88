export interface ServerEvent {
  event: string;
  data: string;
}

/** Takes `text/event-stream` in pieces and hands on its events. Comments, and fields that the gateway never sends, are skipped. */
export function eventParser(hand: (event: ServerEvent) => void): (piece: string) => void {
  let rest = "";
  let current: ServerEvent = { event: "", data: "" };
  const take = (line: string) => {
    const [, field, value = ""] = /^(event|data): ?(.*)$/.exec(line) ?? [];
    if (field === "event") current.event = value;
    else if (field) current.data += value;
    else if (!line) {
      if (current.data) hand(current);
      current = { event: "", data: "" };
    }
  };
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    lines.forEach((line) => take(line.replace(/\r$/, "")));
  };
}
