import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { pauseAfter, Relogin } from "../../../lib/peer/session/relogin.ts";
import type { LoginOutcome } from "../../../lib/peer/session/login_outcome.ts";
import type { SealedLink } from "../../../lib/peer/session/sealed_link.ts";

const link = {} as SealedLink;
const ENTERED = { kind: "entered", link } as LoginOutcome;
const knownAs = { hostname: "127.0.0.1", port: 5_000 };

/** A way back whose tries end like `ends`, one after the other, without a pause. */
async function run(ends: readonly (LoginOutcome | Error)[]) {
  const told: string[] = [];
  const coming = [...ends];
  const relogin: Relogin = new Relogin({
    enter: () => {
      relogin.hurry();
      const next = coming.shift()!;
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    onFailure: (failure) => void told.push("code" in failure ? failure.code : failure.kind),
    signal: new AbortController().signal,
  });
  const outcome = await relogin.run();
  return { end: outcome.kind, told, left: coming.length };
}

Deno.test("waits grow while an index refuses, and never while it is silent", () => {
  assertEquals(pauseAfter(0), 2_000);
  const pauses = Array.from({ length: 13 }, (_, i) => pauseAfter(i + 1) / 1_000);
  assertEquals(pauses, [1, 1, 1, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
});

Deno.test("nothing but a refusal that is signed ends the way back", async () => {
  const failures: readonly (LoginOutcome | Error)[] = [
    { kind: "silent", link },
    { kind: "not understood", link },
    { kind: "unreachable", cause: new Error("down"), link },
    new BitTrickleError("network", "no socket"),
    { kind: "forged", isSure: false, knownAs, link },
    { kind: "weakened", isSure: false, user: "hans", knownAs, link },
    new BitTrickleError("disk", "the known indexes cannot be read"),
    { kind: "too many sessions", link },
    { kind: "unable", reason: "etcd does not answer", link },
    { kind: "busy", seconds: 0, isSure: true, link },
    { kind: "plain only", link },
    { kind: "refused", isSure: false, link },
  ];
  const told = [
    "silent",
    "not understood",
    "unreachable",
    "network",
    "forged",
    "weakened",
    "disk",
    "too many sessions",
    "unable",
    "busy",
    "plain only",
    "refused",
  ];
  assertEquals(await run([...failures, ENTERED]), { end: "entered", told, left: 0 });
  const refusals: readonly LoginOutcome[] = [
    { kind: "refused", isSure: true, link },
    { kind: "weakened", isSure: true, user: "hans", knownAs, link },
  ];
  for (const refusal of refusals) {
    const end = { end: refusal.kind, told: ["silent"], left: 1 };
    assertEquals(await run([{ kind: "silent", link }, refusal, ENTERED]), end);
  }
});

Deno.test("a fault of the program is not taken for one of the network", async () => {
  await assertRejects(() => run([new TypeError("a bug")]), TypeError);
});

Deno.test("where there are several servers the next try after silence comes within a second", async () => {
  const ends: LoginOutcome[] = [{ kind: "silent", link }, ENTERED];
  const relogin = new Relogin({
    enter: () => Promise.resolve(ends.shift()!),
    busyMs: () => 0,
    onFailure: () => {},
    signal: new AbortController().signal,
  });
  const began = performance.now();
  await relogin.run();
  assertEquals([ends.length, performance.now() - began < 1_500], [0, true]);
});
