import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError, type ErrorCode } from "../../lib/errors.ts";
import { newestRelease } from "../../lib/releases/newest_release.ts";
import { ReleaseServer } from "../support/release_server.ts";

const NEWEST = { version: "1.2.3", date: "2026-12-24" };

async function failureAt(page: string, ms?: number): Promise<BitTrickleError> {
  return await assertRejects(() => newestRelease(page, ms), BitTrickleError);
}

Deno.test("the newest release is asked for below the page", async () => {
  await using server = ReleaseServer.of(new Map([["release.json", JSON.stringify(NEWEST)]]));
  assertEquals(await newestRelease(server.page), NEWEST);
  assertEquals(await newestRelease(`${server.page}/`), NEWEST);
});

Deno.test("it is fetched from where the page leads", async () => {
  await using files = ReleaseServer.of(new Map([["v1.json", JSON.stringify(NEWEST)]]));
  const place = `${files.page}/latest/download/v1.json`;
  await using server = new ReleaseServer(() => Response.redirect(place));
  assertEquals(await newestRelease(server.page), NEWEST);
});

const answers: Readonly<Record<string, [answer: () => Response, code: ErrorCode]>> = {
  "a page without a release": [() => new Response(null, { status: 404 }), "not_found"],
  "a page that fails": [() => new Response("no", { status: 500 }), "network"],
  "a page of HTML": [() => new Response("<html>"), "malformed"],
  "a description without an end": [() => new Response(endless()), "malformed"],
  "a way to a page that is not encrypted": [
    () => Response.redirect("http://192.0.2.1/release.json"),
    "malformed",
  ],
  "a way that does not end": [
    () => new Response(null, { status: 302, headers: { location: "release.json" } }),
    "malformed",
  ],
};

for (const [name, [answer, code]] of Object.entries(answers)) {
  Deno.test(`${name} is said to be that`, async () => {
    await using server = new ReleaseServer(answer);
    const error = await failureAt(server.page, 500);
    assertEquals(error.code, code);
    assertStringIncludes(error.message, server.page);
  });
}

Deno.test("a page that is silent is waited for no longer than told", async () => {
  const silent = Promise.withResolvers<Response>();
  await using server = new ReleaseServer(() => silent.promise);
  assertEquals((await failureAt(server.page, 50)).code, "timeout");
  silent.resolve(new Response());
});

Deno.test("a page that cannot be reached is named", async () => {
  const server = ReleaseServer.of(new Map());
  const { page } = server;
  await server[Symbol.asyncDispose]();
  const { code, message } = await failureAt(page);
  assertEquals(code, "network");
  assertStringIncludes(message, page);
});

Deno.test("only an encrypted page is asked, or one of this machine", async () => {
  for (const page of ["", "releases", "http://192.0.2.1/releases", "file:///etc", "\x1b[2J"]) {
    const { code, message } = await failureAt(page);
    assertEquals([code, message.includes("\x1b")], ["usage", false], page);
  }
});

function endless(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(4_096)) });
}
