// Signing in and the Data pages in real Chromium. DESK_NAME and DESK_PASSWORD sign in; with PICTURES, a folder, pictures are
// taken. Run by tests/widget/test_desk_door.py, which has left a message of Maria's.
import { test } from "node:test";
import { arrived } from "./desk-harness.mjs";
import { assert } from "./harness.mjs";

const team = await arrived();
const desk = team.page;

test("the sign-in page is for everybody", async () => {
  await team.isAccessible();
  await team.picture("desk-sign-in");
});

test("a wrong password is told, the right one opens the desk", async () => {
  await team.enter("not this one at all");
  await desk.getByRole("alert").getByText("do not match").waitFor();
  await team.isAccessible();
  await team.enter();
  await desk.getByRole("link", { name: "Data" }).waitFor();
  const [cookie] = await team.context.cookies();
  assert.deepEqual([cookie.httpOnly, cookie.secure, cookie.sameSite], [true, true, "Strict"]);
});

test("a person is found by a phone number typed another way", async () => {
  await desk.getByRole("link", { name: "Data" }).click();
  await team.shows("Data");
  await team.isAccessible();
  await desk.getByLabel("Reference, e-mail or phone").fill("212 555 0143");
  await desk.getByRole("button", { name: "Find" }).click();
  await desk.getByText("Maria Lopez").first().waitFor();
  await team.isAccessible();
  await team.picture("desk-data");
});

test("everything can be downloaded as a file", async () => {
  const [file] = await Promise.all([desk.waitForEvent("download"), desk.getByRole("button", { name: "Download" }).click()]);
  assert.match(file.suggestedFilename(), /^person-.*\.json$/);
});

test("erasing says what goes, and asks first", async () => {
  await desk.getByRole("button", { name: "Erase…" }).click();
  await desk.getByText("Requests to the studio: 1").waitFor();
  await team.isAccessible();
  await team.picture("desk-erase");
  await desk.getByRole("button", { name: "Erase it for good" }).click();
  await desk.getByRole("status").getByText("Everything was erased.").waitFor();
});

test("the record tells who did what", async () => {
  await desk.getByRole("link", { name: "See the record" }).click();
  await desk.getByRole("cell", { name: "data: erase" }).first().waitFor();
  await team.isAccessible();
  await desk.getByLabel("What").selectOption({ label: "sign in: refused" });
  await desk.getByRole("button", { name: "Show" }).click();
  await desk.getByRole("cell", { name: "sign in: refused" }).first().waitFor();
});

test("an unknown page and signing out", async () => {
  await desk.goto(new URL("/desk/nowhere", desk.url()).href);
  await desk.getByText("This page does not exist").waitFor();
  await team.isAccessible();
  await desk.getByRole("button", { name: "Sign out" }).click();
  await desk.getByLabel("Password").waitFor();
  await desk.goto(new URL("/desk/data", desk.url()).href);
  await desk.getByLabel("Password").waitFor();
});
