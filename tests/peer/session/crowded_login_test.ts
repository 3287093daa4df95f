/**
 * Logging in where so many others do that the index has no time yet.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { ScriptedIndex } from "../../support/scripted_index.ts";
import { TestSession } from "../../support/test_session.ts";
import { PORTS } from "../../support/users.ts";

const QUICK = { retransmitMs: [10, 10], crowdedMs: Array<number>(20).fill(10) };

/** An index that asks for a proof, and then has no time for a challenge before so many hellos. */
function crowded(count: number): ScriptedIndex {
  const index = new ScriptedIndex();
  index.onHello = (hello) => index.count("hello") > count ? [index.challenge(hello)] : [];
  return index;
}

Deno.test("a login where many log in goes on for as long as the index asks for proofs", async () => {
  await using index = crowded(12);
  await using hans = await TestSession.join(index.address, "hans", QUICK);
  assertEquals(await hans.ask({ verb: "lap" }), []);
});

Deno.test("it ends after all waits, if the index never has time", async () => {
  await using index = crowded(Infinity);
  await using hans = new TestSession(index.address, "hans", QUICK);
  const { code } = await assertRejects(
    () => hans.session.logIn("hans", "pw-hans", PORTS),
    BitTrickleError,
  );
  assertEquals(code, "timeout");
  assert(index.count("hello") <= 24, "22 waits, and a hello at once for the token");
});

Deno.test("a login of which nothing is heard ends after its own waits", async () => {
  await using index = new ScriptedIndex();
  index.onAnything = () => [];
  await using hans = new TestSession(index.address, "hans", QUICK);
  await assertRejects(() => hans.session.logIn("hans", "pw-hans", PORTS), BitTrickleError);
  assertEquals(index.count("hello"), 2);
});
