// Takes the pictures of docs/images from a running assistant: GATEWAY=http://127.0.0.1:8080 npm run screenshots --prefix widget
import { fileURLToPath } from "node:url";
import { Visitor, launch } from "./harness.mjs";

const PHONE = { viewport: { width: 375, height: 667 }, isMobile: true, hasTouch: true };
const CHAT = { x: 760, y: 24, width: 440, height: 796 };
const CHAT_LEFT = { ...CHAT, x: 0 };
const QUIET = { reducedMotion: "reduce", deviceScaleFactor: 1 };
const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));

const answer = async (tab) => {
  await tab.say("Does myofascial release hurt?");
};
const form = async (tab) => {
  await tab.say("I'd like to book a session");
  await tab.say("Maria Lopez");
  await tab.say("maria@example.com");
  await tab.say("Thursday after 5 pm");
};
const PICTURES = {
  "widget-greeting": { act: (tab) => tab.page.locator(".greeting").waitFor(), closed: true },
  "widget-open": { act: async () => {} },
  "widget-answer": { act: answer },
  "widget-form": { act: form },
  "widget-warning": { act: (tab) => tab.say("I had a blood clot last year, can I come?") },
  "widget-emergency": { act: (tab) => tab.say("I have crushing chest pain and can't breathe") },
  "widget-crisis": { act: (tab) => tab.say("I want to kill myself") },
  "widget-menu": { act: (tab) => tab.more.click() },
  "widget-delete": { act: async (tab) => (await answer(tab), await tab.menu("Delete my data")) },
  "widget-offline": { act: async (tab, visitor) => (await visitor.context.setOffline(true), await tab.type("What is fascia?"), await tab.page.locator(".offline").waitFor()) },
  "widget-dark": { options: { colorScheme: "dark" }, act: answer },
  "widget-phone": { options: PHONE, act: answer },
  "widget-phone-dark-warning": { options: { ...PHONE, colorScheme: "dark" }, act: (tab) => tab.say("I had a blood clot last year, can I come?") },
  "widget-contrast": { options: { forcedColors: "active" }, act: answer },
  "widget-rtl": { clip: CHAT_LEFT, before: (tab) => tab.page.evaluate(() => document.documentElement.setAttribute("dir", "rtl")), act: answer },
  "page": { act: async () => {}, closed: true, fullPage: true },
};

const browser = await launch();
for (const [name, { options = {}, before, act, closed = false, fullPage = false, clip = closed || options.isMobile ? undefined : CHAT }] of Object.entries(PICTURES)) {
  const visitor = await Visitor.arrive(browser, { ...QUIET, ...options });
  const tab = await visitor.open();
  await before?.(tab);
  if (!closed) await tab.openChat();
  await act(tab, visitor);
  if (await tab.page.locator(".apology").count()) throw new Error(`${name}: the assistant answers with an apology. Is Rasa running?`);
  await tab.page.mouse.move(0, 0);
  await tab.page.waitForTimeout(300);
  await tab.page.screenshot({ path: `${folder}${name}.png`, fullPage, clip });
  await visitor.leave();
}
await browser.close();
