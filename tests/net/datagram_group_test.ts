import { assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { DatagramGroup } from "../../lib/net/datagram_group.ts";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { HAS_IPV6, HEARS_BOTH } from "../support/ipv6.ts";

const WITH_IPV6 = { ignore: !HAS_IPV6 };
const WITH_BOTH = { ignore: !HEARS_BOTH };

/** Sends a datagram to each of `targets`, and returns from where answers come, and what was heard. */
async function talk(group: DatagramGroup, targets: readonly Address[]) {
  const heard: string[] = [];
  const serving = group.serve((datagram, { hostname }) => {
    heard.push(hostname);
    return datagram.slice();
  });
  const answers: string[] = [];
  for (const target of targets) {
    using client = DatagramSocket.bind({ ...target, port: 0 });
    await client.send(Uint8Array.of(1), target);
    await client.receive((_, { hostname, port }) => {
      answers.push(`${hostname} ${port === target.port}`);
      client.close();
    });
  }
  group.close();
  await serving;
  return { heard, answers };
}

Deno.test(
  "localhost is both addresses of loopback, and each answers for itself",
  WITH_IPV6,
  async () => {
    using group = DatagramGroup.bind(["localhost"], 0);
    const { addresses } = group;
    assertEquals(addresses.map(({ hostname }) => hostname), ["127.0.0.1", "::1"]);
    assertEquals(addresses[0].port, addresses[1]!.port);
    const { heard, answers } = await talk(group, addresses);
    assertEquals(heard, ["127.0.0.1", "::1"]);
    assertEquals(answers, ["127.0.0.1 true", "::1 true"]);
  },
);

Deno.test("a socket of all addresses hears IPv4 too, and calls it so", WITH_BOTH, async () => {
  using group = DatagramGroup.bind(["::"], 0);
  const [{ port }] = group.addresses;
  const targets = ["127.0.0.1", "::1"].map((hostname) => ({ hostname, port }));
  const { heard, answers } = await talk(group, targets);
  assertEquals(heard, ["127.0.0.1", "::1"]);
  assertEquals(answers, ["127.0.0.1 true", "::1 true"]);
});

Deno.test("a socket of all addresses stands for those that it hears", WITH_BOTH, () => {
  for (const others of [["0.0.0.0"], ["127.0.0.1"], ["::1"], ["localhost", "0.0.0.0"]]) {
    using group = DatagramGroup.bind([...others, "::"], 0);
    assertEquals(group.addresses.map(({ hostname }) => hostname), ["::"]);
  }
});

Deno.test("send() reaches an address of either kind", WITH_IPV6, async () => {
  for (const hosts of [["localhost"], ["::"]]) {
    using group = DatagramGroup.bind(hosts, 0);
    for (const hostname of HEARS_BOTH ? ["127.0.0.1", "::1"] : ["::1"]) {
      using client = DatagramSocket.bind({ hostname, port: 0 });
      const heard = client.receive(() => client.close());
      await group.send(Uint8Array.of(1), client.address);
      await heard;
    }
  }
});

Deno.test("bind() takes one of 127.0.0.0/8 beside another", () => {
  using group = DatagramGroup.bind(["127.0.0.1", "127.0.0.2"], 0);
  assertEquals(group.addresses.map(({ hostname }) => hostname), ["127.0.0.1", "127.0.0.2"]);
});

Deno.test("bind() says which address is taken, and keeps no other", () => {
  using taken = DatagramSocket.bind({ hostname: "127.0.0.2", port: 0 });
  const { port } = taken.address;
  const bind = () => DatagramGroup.bind(["127.0.0.1", "127.0.0.2"], port);
  const error = assertThrows(bind, BitTrickleError, `Cannot listen on UDP 127.0.0.2:${port}`);
  assertEquals(error.code, "network");
  using _ = DatagramSocket.bind({ hostname: "127.0.0.1", port });
});
