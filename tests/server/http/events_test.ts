import { assertEquals, assertStringIncludes } from "@std/assert";
import { EventStreams, MOST_LISTENERS } from "../../../lib/server/http/event_streams.ts";
import { TestSite } from "../../support/test_site.ts";
import { waitFor } from "../../support/wait_for.ts";

/** Somebody who follows the events, and what has come. */
class Follower implements AsyncDisposable {
  readonly #connection: Deno.TcpConn;
  readonly #reading: Promise<void>;
  text = "";

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#reading = this.#read();
  }

  static async follow(site: TestSite): Promise<Follower> {
    const connection = await Deno.connect(site.address);
    const request = "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    await connection.write(new TextEncoder().encode(request));
    return new Follower(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const read = await this.#connection.read(buffer).catch(() => null);
      if (read === null) return;
      this.text += decoder.decode(buffer.subarray(0, read), { stream: true });
    }
  }
}

Deno.test("whoever follows gets the status at once, and what happens then", async () => {
  await using site = new TestSite();
  {
    await using follower = await Follower.follow(site);
    await waitFor("the first status", () => follower.text.endsWith("\n\n"));
    assertStringIncludes(follower.text, "Content-Type: text/event-stream");
    assertStringIncludes(follower.text, 'event: status\ndata: {"v":1,');
    assertEquals(site.watched, [true]);
    site.site.events.send([{ name: "status", data: "1" }, { name: "sample", data: "2" }]);
    const both = "event: status\ndata: 1\n\nevent: sample\ndata: 2\n\n";
    await waitFor("both events", () => follower.text.endsWith(both));
  }
  await waitFor("that nobody follows", () => site.watched.at(-1) === false);
});

Deno.test("no more follow than there is room for", async () => {
  await using site = new TestSite();
  await using stack = new AsyncDisposableStack();
  const followers: Follower[] = [];
  for (let i = 0; i < MOST_LISTENERS; i++) followers.push(stack.use(await Follower.follow(site)));
  await waitFor("all of them", () => followers.every(({ text }) => text.includes("data:")));
  assertEquals((await site.ask({ path: "/api/events" })).status, 503);
  assertEquals((await site.ask({ path: "/healthz" })).status, 200);
});

Deno.test({ name: "one host cannot take the places of all", permissions: "none" }, async () => {
  const watched: boolean[] = [];
  const streams = new EventStreams((isWatched) => watched.push(isWatched));
  const gone = Promise.withResolvers<void>();
  let open = 0;
  const follow = async (hostname: string) => {
    open++;
    await streams.follow(hostname, "{}")(() => Promise.resolve(), gone.promise);
    open--;
  };
  const all = Array.from({ length: MOST_LISTENERS }, () => follow("10.0.0.1"));
  assertEquals([streams.hasRoomFor("10.0.0.1"), streams.hasRoomFor("10.0.0.2")], [false, true]);
  all.push(follow("10.0.0.2"));
  await all[0]; // The first of the host that has the most.
  assertEquals(open, MOST_LISTENERS);
  while (streams.hasRoomFor("10.0.0.2")) all.push(follow("10.0.0.2"));
  await waitFor("that half of them are closed", () => open === MOST_LISTENERS);
  assertEquals(all.length, 1.5 * MOST_LISTENERS);
  gone.resolve();
  await Promise.all(all);
  assertEquals(watched, [true, false]);
});

Deno.test("who takes nothing is dropped, and nothing is kept for him", async () => {
  await using site = new TestSite();
  using slow = await Deno.connect(site.address);
  await slow.write(new TextEncoder().encode("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await waitFor("that somebody follows", () => site.watched.length > 0);
  await using quick = await Follower.follow(site);
  const data = JSON.stringify("x".repeat(1_000_000));
  const sent = () => site.site.events.send([{ name: "status", data }]);
  await waitFor("that the slow one is gone", () => {
    sent();
    return site.server.size === 1;
  }, 20_000);
  await waitFor("that the quick one has got something", () => quick.text.includes("x"));
});
