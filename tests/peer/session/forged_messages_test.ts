/**
 * Somebody on the path forges what comes within a session.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { SealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import { ScriptedIndex } from "../../support/scripted_index.ts";
import { TestSession } from "../../support/test_session.ts";
import { waitFor } from "../../support/wait_for.ts";

const IDLE = { heartbeatMs: 60_000 };
type Message = SealedDatagram & { kind: "message" };

Deno.test("a reset counts with the value that the welcome told, and with no other", async () => {
  await using index = new ScriptedIndex();
  await using hans = await TestSession.join(index.address, "hans", IDLE);
  let messages = 0;
  index.onMessage = (message) => {
    messages++;
    const value = "A".repeat(22);
    return [...index.reset(message, value), ...index.answer(message)];
  };
  for (let i = 0; i < 3; i++) assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals([hans.news, messages], [[], 3]);
  index.onMessage = undefined;
  index.forgetSessions();
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals(hans.news, ["again"]);
});

Deno.test("what does not open is no reply, nor is what was sealed for another number", async () => {
  await using index = new ScriptedIndex();
  await using hans = await TestSession.join(index.address, "hans", IDLE);
  let earlier: Message | undefined;
  index.onMessage = (message) => {
    const [reply] = index.answer(message);
    const right = reply as Message;
    const forged = [
      { ...right, box: right.box.with(0, right.box[0]! ^ 1) },
      { ...right, number: right.number + 1 },
      ...earlier ? [{ ...earlier, number: right.number }] : [],
    ];
    earlier = right;
    return [...forged, right];
  };
  for (let i = 0; i < 3; i++) assertEquals(await hans.ask({ verb: "lap" }), []);
});

Deno.test("a welcome that comes twice, or with another salt, opens nothing", async () => {
  await using index = new ScriptedIndex();
  index.onLogin = (welcome) => {
    const salted = welcome.slice();
    salted[5]! ^= 1;
    return [salted, welcome, welcome];
  };
  await using hans = await TestSession.join(index.address, "hans", IDLE);
  assertEquals(await hans.ask({ verb: "lap" }), []);
});

Deno.test("a request that cannot be sealed takes no number", async () => {
  await using index = new ScriptedIndex();
  await using hans = await TestSession.join(index.address, "hans", IDLE);
  for (let i = 0; i < 20; i++) {
    await hans.ask({ verb: "get", name: "a\tb" }).catch(() => {});
  }
  assertEquals(await hans.ask({ verb: "lap" }), []);
  await waitFor("the request", () => index.requests.length > 0);
  assertEquals(index.requests.map(({ number }) => number), [1]);
});
