/**
 * An index that sees a client at a new address wants it proven, before it runs anything.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import type { SealedRequest } from "../../../lib/protocol/sealed_request.ts";
import { replyTo, ScriptedIndex } from "../../support/scripted_index.ts";
import { TestSession } from "../../support/test_session.ts";
import { waitFor } from "../../support/wait_for.ts";

const IDLE = { heartbeatMs: 60_000 };
/** Proofs that arrive, of which the last is answered. */
const MOVES = 4;

/** Replies of an index that knows a client at no address but the one that was proven. */
class Prover {
  isProven = false;
  #tokens = 0;
  readonly #replies = new Map<number, Reply>();

  /** One number has one reply, and one before the address is proven. */
  reply(request: SealedRequest, number: number): Reply {
    const before = this.#replies.get(number);
    const isOver = before?.kind === "moved" && this.isProven;
    const reply = before && !isOver ? before : this.#run(request);
    this.#replies.set(number, reply);
    return reply;
  }

  #run(request: SealedRequest): Reply {
    if (request.verb === "move") this.isProven = true;
    if (this.isProven) return replyTo(request);
    return { kind: "moved", token: `T${String(this.#tokens++).padStart(3, "0")}` };
  }
}

function verbsOf(index: ScriptedIndex): string[] {
  const numbers = new Map(index.requests.map(({ number, verb }) => [number, verb]));
  return [...numbers.values()];
}

Deno.test("a request that was not run is made again after a proof of the address", async () => {
  await using index = new ScriptedIndex();
  const prover = new Prover();
  index.onRequest = (request, number) => prover.reply(request, number);
  await using hans = await TestSession.join(index.address, "hans", IDLE);
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals(verbsOf(index).filter((verb) => verb !== "heartbeat"), ["lap", "move"]);
  const move = index.requests.find(({ verb }) => verb === "move");
  assert(move?.verb === "move" && move.token === "T000");
  assertEquals(hans.news, []);
});

Deno.test("a proof does for all requests that wait for it, and is sent until it arrives", async () => {
  await using index = new ScriptedIndex();
  const prover = new Prover();
  index.onRequest = (request, number) => {
    // The first few are lost.
    const isLost = request.verb === "move" && index.requests.filter(isMove).length < MOVES;
    return isLost ? undefined : prover.reply(request, number);
  };
  await using hans = await TestSession.join(index.address, "hans", IDLE);
  const replies = await Promise.all(Array.from({ length: 20 }, () => hans.ask({ verb: "lap" })));
  assertEquals(replies, Array(20).fill([]));
  const moves = index.requests.filter(isMove).length;
  assert(moves < 2 * MOVES, `${moves} proofs`); // Far fewer than one a request.
});

function isMove({ verb }: { readonly verb: string }): boolean {
  return verb === "move";
}

Deno.test("an idle client proves its address with its heartbeats", async () => {
  await using index = new ScriptedIndex();
  const prover = new Prover();
  index.onRequest = (request, number) => prover.reply(request, number);
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 50 });
  await waitFor("the proof", () => prover.isProven);
  assertEquals(hans.news, []);
});

Deno.test("what is asked of a heartbeat is done for the request that it goes with", async () => {
  await using index = new ScriptedIndex();
  const prover = new Prover();
  index.onRequest = (request, number) => {
    // The request is older than the heartbeat that came before it from the new address.
    if (request.verb === "lap" && !prover.isProven) return undefined;
    return prover.reply(request, number);
  };
  await using hans = await TestSession.join(index.address, "hans", IDLE);
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals(verbsOf(index).slice(0, 3), ["lap", "heartbeat", "move"]);
  assertEquals(verbsOf(index).filter((verb) => verb !== "heartbeat"), ["lap", "move"]);
});

Deno.test("a request to an index that wants proofs for ever ends in time", async () => {
  await using index = new ScriptedIndex();
  let tokens = 0;
  index.onRequest = () => ({ kind: "moved", token: `T${String(tokens++).padStart(3, "0")}` });
  const retransmitMs = [50, 100, 200, 250];
  await using hans = await TestSession.join(index.address, "hans", { ...IDLE, retransmitMs });
  const began = performance.now();
  const requests = Array.from({ length: 8 }, () => {
    return assertRejects(() => hans.session.ask({ verb: "lap" }), BitTrickleError);
  });
  const codes = (await Promise.all(requests)).map(({ code }) => code);
  assertEquals(codes, Array(8).fill("timeout"));
  const took = performance.now() - began;
  assert(took < 600 + 300, `took ${took} ms`);
  assert(index.requests.length < 8 * 20, `${index.requests.length} messages`);
});

Deno.test("close() interrupts a request that waits for a proof", async () => {
  await using index = new ScriptedIndex();
  index.onRequest = ({ verb }) => verb === "lap" ? { kind: "moved", token: "AAAA" } : undefined;
  const hans = await TestSession.join(index.address, "hans", IDLE);
  const request = assertRejects(() => hans.ask({ verb: "lap" }), BitTrickleError);
  await waitFor("the proof", () => index.requests.some(isMove));
  const began = performance.now();
  await hans.session.close();
  assertEquals((await request).code, "interrupted");
  assert(performance.now() - began < 1_500);
});
