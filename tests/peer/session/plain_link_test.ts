import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { DatagramSocket } from "../../../lib/net/datagrams.ts";
import { PlainLink } from "../../../lib/peer/session/plain_link.ts";
import type { Request } from "../../../lib/protocol/messages.ts";
import { TestIndex } from "../../support/test_index.ts";
import { waitFor } from "../../support/wait_for.ts";
import { ANY_PORT, hostAndPort } from "../../support/host.ts";

const LOGIN: Request = { verb: "login", user: "hans", password: "pw-hans", tcpPort: 6000 };
const LPF: Request = { verb: "lpf", user: "hans" };

function linkTo(index: TestIndex, waits?: number[]): PlainLink {
  return new PlainLink(DatagramSocket.bind(ANY_PORT), index.address, waits);
}

Deno.test("request() returns the answer of the index", async () => {
  await using index = new TestIndex();
  const link = linkTo(index);
  assertEquals(await link.request(LOGIN), { kind: "welcome" });
  assertEquals((await link.request(LPF)).kind, "list");
  await link.close();
});

Deno.test("request() is sent again until it is answered", async () => {
  await using index = new TestIndex();
  let lost = 0;
  index.lose = () => lost++ < 3;
  const link = linkTo(index, [5, 5, 5, 5_000]);
  assertEquals(await link.request(LOGIN), { kind: "welcome" });
  await link.close();
});

Deno.test("request() gives up with a time-out that names the index", async () => {
  await using index = new TestIndex();
  index.lose = () => true;
  const link = linkTo(index, [5, 5]);
  const error = await assertRejects(() => link.request(LOGIN), BitTrickleError);
  assertEquals(error.code, "timeout");
  assert(error.message.includes(hostAndPort(index.address.port)));
  await link.close();
});

Deno.test("requests made at once are answered one after the other", async () => {
  await using index = new TestIndex();
  const link = linkTo(index);
  const requests: Request[] = [LOGIN, { verb: "pub", user: "hans", name: "a" }, LPF];
  const replies = await Promise.all(requests.map((request) => link.request(request)));
  assertEquals(replies.map((reply) => reply.kind), ["welcome", "published", "list"]);
  await link.close();
});

Deno.test("an answer to an earlier request does not pass for this one's", async () => {
  using server = DatagramSocket.bind(ANY_PORT);
  const say = (text: string) => new TextEncoder().encode(text);
  const serving = server.receive(async (_, from) => {
    await server.send(say("No active peers"), from);
    await server.send(say("1 file published:\na.txt"), from);
  });
  const link = new PlainLink(DatagramSocket.bind(ANY_PORT), server.address);
  assertEquals(await link.request(LPF), {
    kind: "list",
    of: "files published",
    items: ["a.txt"],
    more: 0,
  });
  await link.close();
  server.close();
  await serving;
});

Deno.test("a datagram from anywhere but the index is ignored", async () => {
  using server = DatagramSocket.bind(ANY_PORT);
  using stranger = DatagramSocket.bind(ANY_PORT);
  const serving = server.receive(async (_, from) => {
    await stranger.send(new TextEncoder().encode("Welcome to BitTrickle!"), from);
    await server.send(new TextEncoder().encode("Authentication failed. Please try again."), from);
  });
  const link = new PlainLink(DatagramSocket.bind(ANY_PORT), server.address);
  assertEquals(await link.request(LOGIN), { kind: "login failed" });
  await link.close();
  server.close();
  await serving;
});

Deno.test("close() interrupts the request under way and those that wait", async () => {
  await using index = new TestIndex();
  let seen = false;
  index.lose = () => seen = true;
  const link = linkTo(index);
  const requests = [link.request(LOGIN), link.request(LPF)];
  const codes = requests.map(async (request) => {
    return (await assertRejects(() => request, BitTrickleError)).code;
  });
  await waitFor("the request", () => seen);
  await link.close();
  assertEquals(await Promise.all(codes), ["interrupted", "interrupted"]);
});
