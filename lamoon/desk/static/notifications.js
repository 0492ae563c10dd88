// The page of notifications: rings for a test, and makes this browser one that takes push messages.
import { chime } from "./ring.js";

const sound = document.getElementById("sound-state");
document.getElementById("sound-test").addEventListener("click", async () => {
  const rang = await chime();
  if (rang) void fetch("/desk/notifications/test", { method: "POST", body: new URLSearchParams({ csrf: state.dataset.csrf, way: "sound" }) });
  sound.textContent = rang ? "That was the sound. If you heard nothing, turn up the volume of this device." : "This browser lets no sound through. Please allow sound for this address in its settings.";
});

const state = document.getElementById("push-state");
const on = document.getElementById("push-on");
const supported = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}
function device() {
  const known = navigator.userAgentData;
  const system = known?.platform || ["iPhone", "iPad", "Android", "Mac", "Windows", "Linux"].find((name) => navigator.userAgent.includes(name)) || "";
  const browser = ["Edg", "Firefox", "Chrome", "Safari"].find((name) => navigator.userAgent.includes(name)) ?? "Browser";
  return `${browser === "Edg" ? "Edge" : browser}${system ? ` on ${system}` : ""}`;
}
async function keep(subscription) {
  const fields = { csrf: state.dataset.csrf, device: device(), subscription: JSON.stringify(subscription) };
  const answer = await fetch("/desk/notifications/subscribe", { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
  if (answer.status !== 201) throw new Error((await answer.json().catch(() => ({}))).problem ?? "The desk did not take it. Please load this page again.");
}
async function turnOn() {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") throw new Error("Notifications are not allowed for this address. You can allow them in the browser's settings.");
  const worker = await navigator.serviceWorker.ready;
  const key = bytes(state.dataset.key);
  const before = await worker.pushManager.getSubscription();
  const same = before && new Uint8Array(before.options.applicationServerKey ?? []).join() === key.join();
  if (before && !same) await before.unsubscribe(); // of a key that the server no longer has
  await keep(same ? before : await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
}

if (!supported) state.textContent = "This browser takes no push messages.";
else {
  const worker = await navigator.serviceWorker.getRegistration("/desk/");
  const before = await worker?.pushManager.getSubscription();
  if (before) state.textContent = "On in this browser.";
  on.hidden = Boolean(before);
  on.addEventListener("click", async () => {
    try {
      await turnOn();
      location.reload();
    } catch (problem) {
      state.textContent = problem.message;
    }
  });
}
