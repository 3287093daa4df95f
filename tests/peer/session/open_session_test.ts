import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { InMemoryKnownServers, ProvenServers } from "../../../lib/peer/session/known_servers.ts";
import { type Protocol, protocolsFor } from "../../../lib/peer/session/open_session.ts";
import { formatAddress } from "../../../lib/protocol/address.ts";
import { Peer } from "../../../lib/peer/peer.ts";
import { ReferenceServer } from "../../reference/plain_server.ts";
import { TestIndex } from "../../support/test_index.ts";

const HERE = { hostname: "127.0.0.1", port: 5_000 };
const ELSEWHERE = { hostname: "192.0.2.1", port: 5_000 };

async function knowing(address: typeof HERE): Promise<InMemoryKnownServers> {
  const known = new InMemoryKnownServers();
  await known.remember(address, { opaqueKey: "key", strongUsers: [] });
  return known;
}

/** The client's half of the policy: which protocols it tries, without a person and with one. */
const POLICY: readonly [
  where: "here" | "elsewhere",
  isKnown: boolean,
  told: Protocol | undefined,
  tries: readonly Protocol[],
][] = [
  ["here", false, undefined, [2, 1]],
  ["here", true, undefined, [2]],
  ["here", false, 1, [1]],
  ["here", false, 2, [2]],
  ["elsewhere", false, undefined, [2]],
  ["elsewhere", true, undefined, [2]],
  ["elsewhere", false, 1, [1]],
  ["elsewhere", false, 2, [2]],
];

for (const [where, isKnown, told, tries] of POLICY) {
  const met = isKnown ? "known" : "unknown";
  const name = `an index ${where}, ${met}, told ${told ?? "nothing"}: tries ${
    tries.join(" then ")
  }`;
  Deno.test({ name, permissions: "none" }, async () => {
    const index = where === "here" ? HERE : ELSEWHERE;
    const known = isKnown ? await knowing(index) : new InMemoryKnownServers();
    assertEquals(await protocolsFor({ index, known, protocol: told }), tries);
  });
}

/** Whether an index here at port 5000 may be plain, if the one at `pinned` was met sealed. */
const SPELLINGS: readonly [pinned: string, port: number, tries: readonly Protocol[]][] = [
  ["localhost", 5_000, [2]],
  ["lab.localhost", 5_000, [2]],
  ["127.0.0.1", 5_000, [2]],
  ["127.8.9.10", 5_000, [2]],
  ["::1", 5_000, [2]],
  ["::ffff:127.0.0.1", 5_000, [2]],
  ["localhost", 5_001, [2, 1]],
  ["192.0.2.1", 5_000, [2, 1]],
  ["localhost.example", 5_000, [2, 1]],
];

for (const [hostname, port, tries] of SPELLINGS) {
  const address = { hostname, port };
  const name = `where ${formatAddress(address)} is known, port 5000 here is tried with ${tries}`;
  Deno.test({ name, permissions: "none" }, async () => {
    for (const host of ["localhost", "127.0.0.1", "here"]) {
      const known = await knowing(address);
      for (const servers of [known, new ProvenServers(known)]) {
        assertEquals(await protocolsFor({ index: HERE, host, known: servers }), tries);
      }
    }
  });
}

async function logInAt(index: typeof HERE, protocol?: Protocol): Promise<string> {
  const peer = new Peer({ index, folder: ".", protocol, retransmitMs: [50, 50, 100, 200, 900] });
  try {
    await peer.logIn("hans", "pw-hans");
    return "in";
  } catch (error) {
    return (error as BitTrickleError).code;
  } finally {
    await peer.close(0);
  }
}

Deno.test("an index that speaks both is spoken to in either", async () => {
  for (const protocol of [undefined, 1, 2] as const) {
    await using index = new TestIndex();
    assertEquals(await logInAt(index.address, protocol), "in");
  }
});

Deno.test("an index here that refuses protocol 2 in words is spoken to in protocol 1", async () => {
  await using index = new TestIndex({ plainOnly: true });
  assertEquals(await logInAt(index.address), "in");
});

Deno.test("an index that speaks only 1 is not spoken to in 1 if told 2", async () => {
  await using index = new TestIndex({ plainOnly: true });
  assertEquals(await logInAt(index.address, 2), "plain_only");
});

Deno.test("an index here that meets protocol 2 with silence is spoken to in protocol 1", async () => {
  const server = new ReferenceServer(new Map([["hans", "pw-hans"]]));
  const index = { hostname: "127.0.0.1", port: await server.listen() };
  assertEquals(await logInAt(index), "in");
  await server.close();
});

Deno.test("an index that was once met sealed gets no password in clear", async () => {
  await using index = new TestIndex({ plainOnly: true });
  const known = await knowing(index.address);
  const peer = new Peer({ index: index.address, folder: ".", known, retransmitMs: [100, 100] });
  const error = await assertRejects(() => peer.logIn("hans", "pw-hans"), BitTrickleError);
  assertEquals([error.code, error.message.includes("--protocol")], ["timeout", false]);
  await peer.close(0);
});
