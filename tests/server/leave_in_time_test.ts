import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { leaveInTime } from "../../lib/server/leave_in_time.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "a server that is told to stop has some time for that", ...PURE }, async () => {
  const stopping = new AbortController();
  const running = Promise.withResolvers<void>();
  const left = leaveInTime(running.promise, stopping.signal, () => "disk", 10_000);
  stopping.abort();
  running.resolve();
  await left; // A timer that were left over would fail this test.
});

for (
  const [waitedFor, code, what] of [
    ["disk", "disk", "closing all files: the disk"],
    ["etcd", "network", "leaving the fleet: etcd"],
  ] as const
) {
  Deno.test({
    name: `a server that cannot stop is given up, and blames ${waitedFor}`,
    ...PURE,
  }, async () => {
    const stopping = new AbortController();
    const hanging = Promise.withResolvers<void>();
    const left = leaveInTime(hanging.promise, stopping.signal, () => waitedFor, 20);
    stopping.abort();
    const error = await assertRejects(() => left, BitTrickleError);
    assertEquals(error.code, code);
    assertEquals(
      error.message,
      `Stopped without ${what} has not answered for 0.02 s. Whatever was acknowledged is kept`,
    );
    hanging.reject(new Error("too late to be heard"));
  });
}

Deno.test({ name: "one that was told so before it began is given up, too", ...PURE }, async () => {
  const hanging = Promise.withResolvers<void>();
  const left = leaveInTime(hanging.promise, AbortSignal.abort(), () => "disk", 20);
  await assertRejects(() => left, BitTrickleError, "Stopped without closing all files");
  hanging.resolve();
});
