import { assertEquals } from "@std/assert";
import { LongWork } from "../../lib/index/long_work.ts";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { EventLoopYield } from "../../lib/net/event_loop_yield.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

Deno.test("wait() ends again and again, over both kinds of addresses", async () => {
  for (const hostname of ["127.0.0.1", "0.0.0.0", "::1", "::"]) {
    using eventLoop = new EventLoopYield(hostname);
    for (let i = 0; i < 3; i++) await eventLoop.wait();
  }
});

Deno.test("a pause that is on when the eventLoop is taken down ends, and does no harm", async () => {
  const eventLoop = new EventLoopYield("127.0.0.1");
  const waiting = eventLoop.wait();
  eventLoop[Symbol.dispose]();
  await waiting;
});

/** Keeps everybody waiting for a while. */
function takeLong(): void {
  for (const end = performance.now() + 5; performance.now() < end;);
}

Deno.test("who asks for little is answered before those who asked for much, and came first", async () => {
  using eventLoop = new EventLoopYield("127.0.0.1");
  using work = new LongWork(() => eventLoop.wait());
  const defer = work.queue();
  using client = DatagramSocket.bind(LOOPBACK);
  using server = DatagramSocket.bind(LOOPBACK);
  const serving = server.serve((datagram) => {
    const answer = datagram.slice();
    if (answer[0] === 0) return answer;
    return defer(String(answer[0]), () => {
      takeLong();
      return answer;
    });
  });
  const heard: number[] = [];
  const receiving = client.receive(async ([first]) => {
    heard.push(first!);
    // The second question is asked while the server is busy with the first of many long pieces.
    if (heard.length === 1) await client.send(Uint8Array.of(0), server.address);
    if (heard.length === 20) client.close();
  });
  for (let i = 1; i < 20; i++) await client.send(Uint8Array.of(i), server.address);
  await receiving;
  server.close();
  await serving;
  const place = heard.indexOf(0);
  assertEquals(heard.toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
  assertEquals(place < 6, true, `it was answered after ${place} of 19`);
});
