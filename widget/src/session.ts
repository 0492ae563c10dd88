/** What this tab keeps until it is closed. Without a value it is read; an empty one is as good as none. */
export function session(key: "greeted" | "open" | "draft", value?: string): string {
  try {
    if (value !== undefined) sessionStorage.setItem(`lamoon:${key}`, value);
    return sessionStorage.getItem(`lamoon:${key}`) ?? "";
  } catch {
    return "";
  }
}
