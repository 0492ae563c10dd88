let mark = "";

/** Puts the number of unread messages before the page's title, and takes it away for 0. The page may change its title meanwhile. */
export function countInTitle(unread: number): void {
  const bare = document.title.startsWith(mark) ? document.title.slice(mark.length) : document.title;
  mark = unread ? `(${unread}) ` : "";
  if (document.title !== mark + bare) document.title = mark + bare;
}
