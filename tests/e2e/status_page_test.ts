import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { axeViolations } from "../support/axe.ts";
import { Browser, HAS_BROWSER } from "../support/browser.ts";
import { HOSTILE_NAMES } from "../support/fake_status.ts";
import type { Page } from "../support/playwright.ts";
import { StatusPage } from "../support/status_page.ts";
import { PASSWORD } from "../support/test_site.ts";

const IN_BROWSER = { ignore: !HAS_BROWSER } as const;

/** Waits until the page shows what the server tells. */
async function isShown(page: Page): Promise<void> {
  await page.locator("#connection[data-state=live]").waitFor();
  await page.locator("#files tr").first().waitFor();
}

async function logIn(page: Page): Promise<void> {
  await page.locator("#password").fill(PASSWORD);
  await page.locator("#login button").click();
  await page.locator("#users tr").first().waitFor();
}

/** Presses Tab until what has the focus matches `selector`. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press("Tab");
    if (await page.locator(`${selector}:focus`).count() > 0) return;
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

Deno.test("names that attack are shown as they are, and do nothing", IN_BROWSER, async () => {
  await using server = await StatusPage.start();
  await using browser = await Browser.start();
  const { page, complaints } = await browser.open(server.url);
  await isShown(page);
  await logIn(page);
  const text = await page.locator("main").innerText();
  for (const name of HOSTILE_NAMES.slice(0, -1)) assertStringIncludes(text, name);
  assertStringIncludes(text, "a\\u{202e}gnp.exe");
  assertEquals(await page.locator("main :is(img, script, iframe, a, h1)").count(), 0);
  assertEquals(await page.locator("[onerror], [onmouseover]").count(), 0);
  assertEquals(complaints, []);
});

Deno.test("the page follows the server, and says when it cannot", IN_BROWSER, async () => {
  await using server = await StatusPage.start();
  await using browser = await Browser.start();
  const { page } = await browser.open(server.url);
  await isShown(page);
  assertEquals(await page.locator(".holder").first().locator(".share").innerText(), "✓ all");
  server.status.progress = server.status.progress.map(() => 64 * 1_048_576);
  await page.locator(".holder .share", { hasText: /^10 %$/ }).nth(15).waitFor();
  server.status.progress = server.status.progress.map(() => 128 * 1_048_576);
  await page.locator(".holder .share", { hasText: /^20 %$/ }).nth(15).waitFor();
  assertEquals(await page.locator(".holder").count(), 18);
  server.pause();
  await page.locator("#connection[data-state=old]").waitFor();
  assertStringIncludes(await page.locator("#connection").innerText(), "old");
  await server.resume();
  await page.locator("#connection[data-state=live]").waitFor();
});

Deno.test("files are found as one types, page by page", IN_BROWSER, async () => {
  await using server = await StatusPage.start();
  await using browser = await Browser.start();
  const { page, complaints } = await browser.open(server.url);
  await isShown(page);
  await page.locator("#query").pressSequentially("excursion");
  await page.locator("#files-count", { hasText: "25 files, at least 35 more" }).waitFor();
  await page.locator("#more").click();
  await page.locator("#files-count", { hasText: "50 files, at least 10 more" }).waitFor();
  await page.locator("#query").fill("no such file");
  await page.locator("#files-count", { hasText: "Nothing found" }).waitFor();
  assertEquals(complaints, []);
});

Deno.test("an administrator needs no mouse", IN_BROWSER, async () => {
  await using server = await StatusPage.start();
  await using browser = await Browser.start();
  const { page, complaints } = await browser.open(server.url);
  await isShown(page);
  await tabTo(page, "#password");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator("#users tr").first().waitFor();
  await page.locator("#invitee:focus").waitFor();
  await page.keyboard.type("yoda");
  await page.keyboard.press("Enter");
  await page.locator("#copy:focus").waitFor();
  assertStringIncludes(await page.locator("#line").inputValue(), "bittrickle://yoda@");
  await tabTo(page, '[aria-label="Disable luke"]');
  await page.keyboard.press("Enter");
  await page.locator('[aria-label="Enable luke"]:focus').waitFor();
  await tabTo(page, '[aria-label="Remove luke"]');
  await page.keyboard.press("Enter");
  await page.locator("dialog button[value=no]:focus").waitFor();
  await page.keyboard.press("Escape");
  await page.locator('[aria-label="Remove luke"]:focus').waitFor();
  await page.keyboard.press("Enter");
  await page.locator("dialog button[value=no]:focus").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator('[aria-label="Remove luke"]').waitFor({ state: "detached" });
  assertEquals(server.status.done, ["invite yoda 604800", "disable luke", "remove luke"]);
  assertEquals(complaints, []);
});

Deno.test("who is invited is shown until he joins, or is no more", IN_BROWSER, async () => {
  await using server = await StatusPage.start();
  await using browser = await Browser.start();
  const { page, complaints } = await browser.open(server.url);
  await isShown(page);
  await logIn(page);
  assert(await page.locator("#invited-people").isHidden());
  const invite = async (user: string) => {
    await page.locator("#invitee").fill(user);
    await page.keyboard.press("Enter");
    await page.locator("#invitations bdi", { hasText: user }).waitFor();
  };
  const hostile = HOSTILE_NAMES[1]!;
  for (const user of ["yoda", "rex", hostile]) await invite(user);
  await page.locator('[aria-label="Revoke the invitation of yoda"]').click();
  await page.locator("#invitations bdi", { hasText: "yoda" }).waitFor({ state: "detached" });
  await page.locator("#invitee:focus").waitFor();
  await page.locator("#disk dd", { hasText: /^2$/ }).waitFor();
  assertEquals(await axeViolations(page), []);
  server.status.join("rex");
  await page.locator("#users bdi", { hasText: "rex" }).waitFor();
  await page.locator("#invitations bdi", { hasText: "rex" }).waitFor({ state: "detached" });
  assertEquals(await page.locator("#invitations bdi").allInnerTexts(), [hostile]);
  assertEquals(complaints, []);
});

Deno.test("a wrong password is said to be wrong", IN_BROWSER, async () => {
  await using server = await StatusPage.start();
  await using browser = await Browser.start();
  const { page } = await browser.open(server.url);
  await isShown(page);
  await page.locator("#password").fill("wrong");
  await page.locator("#login button").click();
  await page.locator("#admin-news", { hasText: "wrong password" }).waitFor();
  assert(await page.locator("#desk").isHidden());
});

Deno.test("a session outlives a reload and ends at the logout", IN_BROWSER, async () => {
  await using server = await StatusPage.start();
  await using browser = await Browser.start();
  const { page } = await browser.open(server.url);
  await logIn(page);
  await page.reload();
  await page.locator("#users tr").first().waitFor();
  await page.locator("#logout").click();
  await page.locator("#password:focus").waitFor();
  await page.reload();
  await page.locator("#login").waitFor();
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`axe finds nothing wrong with the ${colorScheme} page`, IN_BROWSER, async () => {
    await using server = await StatusPage.start();
    await using browser = await Browser.start();
    const { page } = await browser.open(server.url, { colorScheme });
    await isShown(page);
    assertEquals(await axeViolations(page), []);
    await logIn(page);
    await page.locator("#invitee").fill("yoda");
    await page.keyboard.press("Enter");
    await page.locator("#line").waitFor();
    assertEquals(await axeViolations(page), []);
    await page.locator("#users .danger").first().click();
    assertEquals(await axeViolations(page), []);
  });
}

Deno.test("the page fits a phone", IN_BROWSER, async () => {
  await using server = await StatusPage.start();
  await using browser = await Browser.start();
  const { page, complaints } = await browser.open(server.url, { width: 360, height: 640 });
  await isShown(page);
  await logIn(page);
  assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 360);
  assertEquals(complaints, []);
});

Deno.test(
  "the access token leaves the address, from a link of another site too",
  IN_BROWSER,
  async () => {
    await using server = await StatusPage.start("0123456789abcdef0123456789abcdef");
    await using browser = await Browser.start();
    const link = `${server.url}?token=0123456789abcdef0123456789abcdef`;
    await using other = serveText(`<a href="${link}">Look</a>`);
    const { page } = await browser.open(`http://localhost:${other.addr.port}/`);
    await page.locator("a").click();
    await isShown(page);
    assertEquals(page.url(), server.url);
  },
);

Deno.test("a page of another site has no effect", IN_BROWSER, async () => {
  await using server = await StatusPage.start();
  await using browser = await Browser.start();
  const { page } = await browser.open(server.url);
  await logIn(page);
  await using other = serveText("<h1>Win a prize</h1>");
  // Another port of the same host: its requests carry the cookie.
  await page.goto(`http://127.0.0.1:${other.addr.port}/`);
  await page.evaluate(async (url) => {
    const body = '{"user":"leia"}';
    for (const type of ["text/plain", "application/json"]) {
      const headers = { "Content-Type": type };
      const options = { method: "POST", mode: "no-cors", credentials: "include", body } as const;
      await fetch(`${url}api/users/remove`, { ...options, headers }).catch(() => {});
    }
    const read = await fetch(`${url}api/users`, { credentials: "include" }).catch(() => "refused");
    if (read !== "refused") throw new Error("it could read the users");
  }, server.url);
  assertEquals(server.status.done, []);
});

function serveText(html: string) {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  return Deno.serve(options, () => {
    return new Response(html, { headers: { "Content-Type": "text/html" } });
  });
}
