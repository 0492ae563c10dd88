// The desk's service worker: shows push messages, which hold no content, and opens the desk at a click on one. It keeps
// nothing of any page.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let message = {};
  try {
    message = event.data.json();
  } catch {
    // Something waits, whatever it is.
  }
  const { title = "Somebody waits at the desk", body = "", tag = "desk", place = "/desk/inbox" } = message;
  event.waitUntil(self.registration.showNotification(title, { body, tag, renotify: true, icon: "/desk/static/icon-192.png", data: { place } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const place = event.notification.data?.place ?? "/desk/inbox";
  event.waitUntil(
    (async () => {
      const [open] = await self.clients.matchAll({ type: "window" });
      if (!open) return self.clients.openWindow(place);
      await open.navigate(place).catch(() => {});
      return open.focus();
    })(),
  );
});
