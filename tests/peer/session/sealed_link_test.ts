import { assertEquals } from "@std/assert";
import { DatagramSocket } from "../../../lib/net/datagrams.ts";
import { SealedLink } from "../../../lib/peer/session/sealed_link.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import {
  encodeSealedDatagram,
  type SealedDatagram,
} from "../../../lib/protocol/sealed_datagram.ts";
import { HAS_IPV6 } from "../../support/ipv6.ts";

const WITH_IPV6 = { ignore: !HAS_IPV6 };
const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const RESET: SealedDatagram = { kind: "reset", session: "AAAAAAAAAAA", value: "A".repeat(22) };

/** Sends nothing that `take` needs until it is answered, and returns what comes of it. */
async function ask(link: SealedLink, take: () => string | undefined) {
  const send = () => [new Uint8Array(1)];
  return await link.exchange({ send, take, waits: [50, 50, 50, 2_000] });
}

Deno.test("an answer counts wherever it comes from, but only the index shows what it speaks", async () => {
  using server = DatagramSocket.bind(LOOPBACK);
  using elsewhere = DatagramSocket.bind(LOOPBACK);
  const answer = encodeSealedDatagram(RESET);
  const serving = server.receive((_, from) => elsewhere.send(answer, from));
  await using link = new SealedLink(DatagramSocket.bind(LOOPBACK), server.address);
  assertEquals(await ask(link, () => "taken"), "taken");
  assertEquals([link.heardSealed, link.heardPlain], [false, false]);
  server.close();
  await serving;
});

Deno.test(
  "an IPv4 index is known on a socket that is for both kinds of address",
  WITH_IPV6,
  async () => {
    using server = DatagramSocket.bind(LOOPBACK);
    const serving = server.receive((_, from) => server.send(encodeSealedDatagram(RESET), from));
    const socket = DatagramSocket.bind({ hostname: "::", port: 0 });
    await using link = new SealedLink(socket, server.address);
    assertEquals(await ask(link, () => "taken"), "taken");
    assertEquals(link.heardSealed, true);
    server.close();
    await serving;
  },
);

/** A socket on a machine whose network is down for the first `down` datagrams. */
function failingSocket(down: number): DatagramSocket {
  const closed = Promise.withResolvers<void>();
  let onDatagram = (_: Uint8Array, __: Address) => {};
  return {
    send: (_: Uint8Array, to: Address) => {
      if (down-- > 0) return Promise.reject(new Error("Network is unreachable (os error 101)"));
      onDatagram(encodeSealedDatagram(RESET), to);
      return Promise.resolve();
    },
    receive: (take: typeof onDatagram) => {
      onDatagram = take;
      return closed.promise;
    },
    close: () => closed.resolve(),
  } as unknown as DatagramSocket;
}

Deno.test("what cannot be sent is sent again", async () => {
  const index = { hostname: "127.0.0.1", port: 9 };
  await using link = new SealedLink(failingSocket(3), index);
  const answer = ask(link, () => "taken");
  await Promise.resolve();
  assertEquals(await answer, "taken");
  assertEquals(link.sendFailure, undefined);
});

Deno.test("a link over which nothing can be sent says why", async () => {
  await using link = new SealedLink(failingSocket(1_000), { hostname: "127.0.0.1", port: 9 });
  const isHopeless = () => link.sendFailure !== undefined;
  const send = () => [new Uint8Array(1)];
  const answer = await link.exchange({ send, take: () => "taken", waits: [1, 60_000], isHopeless });
  assertEquals([answer, String(link.sendFailure)], [
    undefined,
    "Error: Network is unreachable (os error 101)",
  ]);
});
