import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Endpoints } from "../../lib/etcd/endpoints.ts";

const PURE = { permissions: "none" } as const;
const ALL = ["a", "b", "c"];
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

Deno.test("each may be the first, so that load spreads", PURE, () => {
  const firsts = [0, 0.4, 0.9].map((random) => new Endpoints(ALL, random).best);
  assertEquals(firsts, ["a", "b", "c"]);
});

Deno.test("one is asked until it fails, and then not before all others have", PURE, () => {
  const endpoints = new Endpoints(ALL, 0);
  endpoints.failed("b", 1);
  assertEquals(endpoints.best, "a");
  endpoints.failed("a", 2);
  assertEquals(endpoints.best, "c");
  endpoints.failed("c", 3);
  assertEquals(endpoints.best, "b");
});

Deno.test("that others fail moves nobody, and who fails is the last to be asked", PURE, () => {
  const failing = fc.array(fc.constantFrom(...ALL), { maxLength: 50 });
  fc.assert(fc.property(random, failing, (random, failing) => {
    const endpoints = new Endpoints(ALL, random);
    for (const [now, endpoint] of failing.entries()) {
      const before = endpoints.best;
      endpoints.failed(endpoint, now);
      if (endpoint !== before) assertEquals(endpoints.best, before);
      for (const other of ALL.filter((it) => it !== endpoint)) {
        assertEquals(endpoints.failedAt(other) < endpoints.failedAt(endpoint), true);
      }
      assertEquals(
        ALL.filter((it) => endpoints.failedAt(it) < endpoints.failedAt(endpoints.best)),
        [],
      );
    }
  }));
});

Deno.test("what is heard late of an older failure changes nothing", PURE, () => {
  const endpoints = new Endpoints(ALL, 0);
  endpoints.failed("a", 5);
  endpoints.failed("a", 3);
  assertEquals(endpoints.failedAt("a"), 5);
});
