import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { laneKey } from "../../lib/fleet/layout.ts";
import { decodePublication, encodePublication } from "../../lib/fleet/publication_value.ts";
import { PublicationKeys } from "../../lib/fleet/publication_keys.ts";
import { Secrets } from "../../lib/fleet/secrets.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { publish } from "../support/events.ts";
import { failureOf } from "../support/failures.ts";
import { CLUSTER_KEY, FleetServer } from "../support/fleet_server.ts";

const ignore = !HAS_ETCD;
const SECRETS = new Secrets(CLUSTER_KEY);
const KEYS = new PublicationKeys(SECRETS);
const ALL = { key: btoa("/"), range_end: btoa("0") };

const publications = fc.record({
  user: fc.string({ minLength: 1, maxLength: 64, unit: "grapheme" }),
  share: fc.stringMatching(/^[0-9a-f]{16}$/),
  name: fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" }),
  details: fc.option(
    fc.record({ size: fc.maxSafeNat(), id: fc.stringMatching(/^[1-9a-f][0-9a-f]{63}$/) }, {
      requiredKeys: ["size"],
    }),
    { nil: undefined },
  ),
});

Deno.test("a publication comes back from its bytes", () => {
  fc.assert(fc.property(publications, (publication) => {
    const { details, ...rest } = publication;
    const expected = details ? publication : rest;
    assertEquals(decodePublication(encodePublication(publication)), expected);
  }));
});

Deno.test("any other bytes are no publication, or are one", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const publication = decodePublication(bytes);
    if (publication) assert(publication.user.length >= 0 && publication.name.length > 0);
  }));
});

Deno.test("a value opens as that of its key, and with its cluster key, only", () => {
  const value = Uint8Array.of(1, 2, 3);
  const sealed = SECRETS.seal("/a", value);
  assertEquals(SECRETS.open("/a", sealed), value);
  assertEquals(SECRETS.open("/b", sealed), undefined);
  assertEquals(new Secrets(new Uint8Array(32)).open("/a", sealed), undefined);
  for (let i = 0; i < sealed.length; i++) {
    assertEquals(SECRETS.open("/a", sealed.with(i, sealed[i]! ^ 1)), undefined);
  }
  for (let length = 0; length < sealed.length; length++) {
    assertEquals(SECRETS.open("/a", sealed.subarray(0, length)), undefined);
  }
  assertNotEquals(SECRETS.seal("/a", value), sealed);
  assertEquals(SECRETS.seal("/a", new Uint8Array(60)).length, sealed.length, "padded");
});

Deno.test("keys tell neither users nor names, nor who has the same", () => {
  const key = KEYS.of("hans", "a.txt", "0".repeat(16));
  assertMatch(key, /^\/bittrickle\/1\/shared(\/[\w-]{22}){3}$/);
  assertEquals(
    new PublicationKeys(new Secrets(CLUSTER_KEY)).of("hans", "a.txt", "0".repeat(16)),
    key,
  );
  const parts = (key: string) => key.split("/").slice(-3);
  const [user, name, share] = parts(key);
  assertEquals(parts(KEYS.of("hans", "b.txt", "0".repeat(16)))[0], user);
  const others = parts(KEYS.of("leia", "a.txt", "0".repeat(16)));
  assert(others[0] !== user && others[1] !== name && others[2] !== share);
});

Deno.test({ name: "etcd learns nothing of what is published", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using server = await FleetServer.join([node.endpoint]);
  await server.journal.append(publish("hans", "secret-plan.txt", 424_242, "ab".repeat(32)));
  const { kvs } = await node.call("/v3/kv/range", ALL);
  const bytes = (kvs as { key: string; value?: string }[]).map(({ key, value = "" }) => {
    return atob(key) + atob(value);
  }).join("");
  const secrets = ["hans", "secret", "plan", "424242", "abab", "\xab\xab", "0000000000000000"];
  for (const secret of secrets) assertEquals(bytes.includes(secret), false, secret);
});

Deno.test({ name: "another cluster key is refused", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using _server = await FleetServer.join([node.endpoint]);
  const other = FleetServer.join([node.endpoint], {}, new Uint8Array(32));
  const error = await failureOf(other);
  assertEquals(error.code, "refused");
  assertMatch(error.message, /another cluster key/);
});

Deno.test({ name: "a value that does not open is left out, and told", ignore }, async () => {
  await using node = await EtcdNode.start();
  const odd: string[] = [];
  await using server = await FleetServer.join([node.endpoint], {
    onOddValue: (key) => odd.push(key),
  });
  const key = KEYS.of("hans", "a", "0".repeat(16));
  const lane = laneKey("no such server", 0);
  await node.call("/v3/kv/put", { key: btoa(key), value: btoa("no such thing") });
  await node.call("/v3/kv/put", { key: btoa(lane), value: btoa("no such thing") });
  await server.journal.append(publish("hans", "b", 1));
  assertEquals([server.lines, odd], [["hans b 1 -"], [lane]]);
  await using other = await FleetServer.join([node.endpoint], {
    onOddValue: (key) => odd.push(key),
  });
  assertEquals([other.lines, odd], [["hans b 1 -"], [lane, key]]);
});
