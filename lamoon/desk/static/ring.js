// Sound and notifications of an open page: what waits rings once, in one of the tabs.

const KEPT = 200;
let context = null;

/** A soft chime; twice where it is urgent. Resolves with whether it could be heard: browsers want a click before. */
export async function chime(urgent = false) {
  context ??= new AudioContext();
  if (context.state === "suspended") await Promise.race([context.resume(), new Promise((next) => setTimeout(next, 300))]);
  if (context.state !== "running") return false;
  const notes = urgent ? [880, 660, 880, 660] : [660, 880];
  notes.forEach((frequency, index) => {
    const at = context.currentTime + index * 0.22;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.3, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.55);
  });
  return true;
}

/** Rings for what has not rung in this browser yet. */
export function ring(rings) {
  if (!rings.length) return;
  // One tab at a time: the others find it rung.
  const once = () => {
    const rung = new Set(JSON.parse(localStorage.getItem("desk-rung") ?? "[]"));
    const fresh = rings.filter(({ tag }) => !rung.has(tag));
    if (!fresh.length) return;
    for (const { tag } of fresh) rung.add(tag);
    localStorage.setItem("desk-rung", JSON.stringify([...rung].slice(-KEPT)));
    dispatchEvent(new CustomEvent("desk-rings", { detail: fresh.map(({ kind }) => kind) }));
    void chime(fresh.some(({ kind }) => kind === "emergency"));
    if (document.hidden) void notify(fresh[0]);
  };
  if (navigator.locks) void navigator.locks.request("desk-ring", once);
  else once();
}

/** A notification of this page; a push message about the same has the same tag, and replaces it. */
async function notify({ said, tag }) {
  if (globalThis.Notification?.permission !== "granted") return;
  const worker = await navigator.serviceWorker?.getRegistration("/desk/");
  await worker?.showNotification(said, { tag, icon: "/desk/static/icon-192.png", data: { place: "/desk/inbox" } });
}
