import { assert, assertEquals } from "@std/assert";
import { HAS_IPV6, HEARS_BOTH } from "../../support/ipv6.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestSession } from "../../support/test_session.ts";
import { waitFor } from "../../support/wait_for.ts";

const [V4, V6] = ["127.0.0.1", "::1"];
const WITH_BOTH = { ignore: !HEARS_BOTH };

/** Joins `user` at the first of `addresses` of the index, whose name has them all. */
function join(index: TestIndex, user: string, addresses: readonly string[]) {
  const { port } = index.address;
  const resolve = () => Promise.resolve(addresses);
  return TestSession.join({ hostname: addresses[0]!, port }, user, { host: "index", resolve });
}

/** Where `asker` is told that `a.txt` is. */
async function told(asker: TestSession): Promise<readonly (string | undefined)[]> {
  const reply = await asker.session.ask({ verb: "get", name: "a.txt" });
  assert(reply.kind === "sources");
  const [{ ip, otherIp } = {}] = reply.sources;
  return [ip, otherIp];
}

for (const addresses of [[V4!, V6!], [V6!, V4!]]) {
  Deno.test(
    `a client at ${addresses[0]} proves that it is at ${addresses[1]} too`,
    WITH_BOTH,
    async () => {
      await using index = new TestIndex({ hostname: "::" });
      await using hans = await join(index, "hans", addresses);
      await hans.ask({ verb: "pub", name: "a.txt" });
      for (const [asker, [own, other]] of [["vader", [V4, V6]], ["yoda", [V6, V4]]] as const) {
        await using member = await join(index, asker, [own!]);
        await waitFor("both addresses", async () => (await told(member))[1] !== undefined);
        assertEquals(await told(member), [own, other]);
      }
      assertEquals(hans.news, []);
    },
  );
}

Deno.test(
  "an address of the index that nobody answers at harms nothing",
  { ignore: !HAS_IPV6 },
  async () => {
    await using index = new TestIndex({ hostname: V4! });
    await using hans = await join(index, "hans", [V4!, V6!]);
    const began = performance.now();
    for (let i = 0; i < 100; i++) await hans.ask({ verb: "pub", name: `${i}` });
    await hans.ask({ verb: "pub", name: "a.txt" });
    assert(performance.now() - began < 2_000, "no request waits for it");
    await using vader = await join(index, "vader", [V4!]);
    assertEquals(await told(vader), [V4, undefined]);
  },
);

Deno.test("a busy client proves its second address all the same", WITH_BOTH, async () => {
  await using index = new TestIndex({ hostname: "::" });
  await using hans = await join(index, "hans", [V4!, V6!]);
  await hans.ask({ verb: "pub", name: "a.txt" });
  let isBusy = true;
  const work = Array.from({ length: 8 }, async () => {
    while (isBusy) await hans.ask({ verb: "lap" });
  });
  await using vader = await join(index, "vader", [V4!]);
  await waitFor("both addresses", async () => (await told(vader))[1] !== undefined, 60_000);
  isBusy = false;
  await Promise.all(work);
});
