import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ASSETS } from "../../../lib/server/page/assets.ts";
import { TestSite } from "../../support/test_site.ts";

Deno.test("the page and its files are served, under 150 KB in all", async () => {
  await using site = new TestSite();
  let bytes = 0;
  for (const path of ASSETS.keys()) {
    const { status, fields, text } = await site.ask({ path });
    assertEquals(status, 200, path);
    assertEquals(Number(fields.get("content-length")), new TextEncoder().encode(text).length);
    bytes += text.length;
  }
  assert(bytes < 150_000, `${bytes} bytes`);
  const page = await site.ask({ path: "/" });
  assertEquals(page.fields.get("content-type"), "text/html; charset=utf-8");
  assertStringIncludes(page.text, "<h1>BitTrickle</h1>");
});

Deno.test("nothing of the page is inline, and nothing comes from elsewhere", () => {
  for (const [path, { type, bytes }] of ASSETS) {
    const text = new TextDecoder().decode(bytes);
    if (!type.startsWith("text/html")) continue;
    assert(!/<style|style=|\son\w+=|javascript:|<script(?![^>]*src=)/i.test(text), path);
    assert(!/(?:src|href)="(?!\/|#)/.test(text), path);
  }
});

Deno.test("every answer tells the browser to trust this server alone", async () => {
  await using site = new TestSite();
  for (const path of ["/", "/main.js", "/api/status", "/nowhere", "/metrics", "/healthz"]) {
    const { fields } = await site.ask({ path });
    const policy = fields.get("content-security-policy") ?? "";
    assertStringIncludes(policy, "default-src 'none'");
    assertStringIncludes(policy, "frame-ancestors 'none'");
    assert(!policy.includes("unsafe"), policy);
    assertEquals(fields.get("x-content-type-options"), "nosniff");
    assertEquals(fields.get("referrer-policy"), "no-referrer");
    assertEquals(fields.get("cache-control"), "no-store");
  }
});

Deno.test("the status, its history, searches and metrics are told", async () => {
  await using site = new TestSite();
  const status = JSON.parse((await site.ask({ path: "/api/status" })).text);
  assertEquals(status.downloads.rows[0].holders.total, 16);
  const history = JSON.parse((await site.ask({ path: "/api/history" })).text);
  assertEquals(history.length, 360);
  const first = JSON.parse((await site.ask({ path: "/api/search?q=EXCURSION" })).text);
  assertEquals([first.rows.length, first.more], [25, 35]);
  const path = `/api/search?q=excursion&after=${encodeURIComponent(first.after)}`;
  const second = JSON.parse((await site.ask({ path })).text);
  assertEquals(second.rows[0].name, "photos/excursion-26.jpg");
  const metrics = await site.ask({ path: "/metrics" });
  assertEquals(metrics.fields.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assertStringIncludes(metrics.text, "bittrickle_sessions 16\n");
});

Deno.test("whoever asks whether it is well hears what is not", async () => {
  await using site = new TestSite();
  const well = await site.ask({ path: "/healthz" });
  assertEquals([well.status, well.text], [200, "ok\n"]);
  site.status.trouble = "cannot save: the disk is full";
  const ill = await site.ask({ path: "/healthz" });
  assertEquals([ill.status, ill.text], [503, "cannot save: the disk is full\n"]);
});

Deno.test("HEAD is GET without a body", async () => {
  await using site = new TestSite();
  const { status, fields, text } = await site.ask({ method: "HEAD", path: "/" });
  assertEquals([status, text], [200, ""]);
  assert(Number(fields.get("content-length")) > 1_000);
});

Deno.test("a method that a path does not know is refused by name", async () => {
  await using site = new TestSite();
  const posted = await site.ask({ method: "POST", path: "/api/status", body: "{}" });
  assertEquals([posted.status, posted.fields.get("allow")], [405, "GET"]);
  const got = await site.ask({ path: "/api/login" });
  assertEquals([got.status, got.fields.get("allow")], [405, "POST"]);
  assertEquals((await site.ask({ method: "DELETE", path: "/" })).status, 405);
});
