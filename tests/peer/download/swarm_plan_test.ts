/**
 * How the connections of one download are used together while others fetch the same file.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { PlannedRequest } from "../../../lib/peer/download/outstanding_requests.ts";
import { PiecePicker } from "../../../lib/peer/download/piece_picker.ts";
import { Swarm, type SwarmMember } from "../../../lib/peer/download/swarm.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";

const PIECES = 8;
const ALL = Uint8Array.of(0xff);

/** A connection that has room for two requests. */
class FakeMember implements SwarmMember {
  readonly asked: PlannedRequest[] = [];
  bitmaps = 0;
  turns = 0;

  constructor(readonly id: string, readonly isPartial: boolean) {}

  get hasRoom(): boolean {
    return this.asked.length < 2;
  }

  ask(request: PlannedRequest): void {
    this.asked.push(request);
  }

  askBitmap(): void {
    this.bitmaps++;
  }

  onTurned(): void {
    this.turns++;
  }
}

function swarmOf(count = PIECES) {
  const swarm = new Swarm(count * PIECE_BYTES);
  const pieces = new PiecePicker(Array<boolean>(count).fill(false));
  return { swarm, pieces };
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("requests are planned as long as there is a partial source", () => {
  const { swarm, pieces } = swarmOf();
  const hans = new FakeMember("hans", false);
  const yoda = new FakeMember("yoda", true);
  swarm.join(hans, pieces);
  swarm.plan(0);
  assertEquals([swarm.isOn, hans.turns, hans.asked.length], [false, 0, 0]);
  const membership = swarm.join(yoda, pieces);
  swarm.plan(0);
  assertEquals([swarm.isOn, hans.turns, hans.asked.length], [true, 1, 1]);
  assertEquals(swarm.choose(hans.asked[0]!, 3, 0), true);
  assertEquals(
    hans.asked[1]?.choice?.toSorted(),
    [0, 1, 2, 4, 5, 6, 7],
    "the rest is offered again",
  );
  membership[Symbol.dispose]();
  assertEquals([swarm.isOn, hans.turns], [false, 2]);
});

test("a partial source is asked what it has at once, and half a second after each answer", () => {
  const { swarm, pieces } = swarmOf();
  const yoda = new FakeMember("yoda", true);
  swarm.join(yoda, pieces);
  for (const now of [0, 600, 1_200]) swarm.plan(now);
  assertEquals(yoda.bitmaps, 1, "not again before it has answered");
  swarm.setBitmap(yoda, ALL, 1_200);
  swarm.plan(1_699);
  assertEquals(yoda.bitmaps, 1);
  swarm.plan(1_700);
  assertEquals(yoda.bitmaps, 2);
});

test("bitmaps of a large file come as often as 32 KiB/s allow", () => {
  const { swarm, pieces } = swarmOf(2 ** 19);
  const yoda = new FakeMember("yoda", true);
  swarm.join(yoda, pieces);
  swarm.plan(0);
  swarm.setBitmap(yoda, new Uint8Array(2 ** 16), 0);
  swarm.plan(1_999);
  assertEquals(yoda.bitmaps, 1);
  swarm.plan(2_000);
  assertEquals(yoda.bitmaps, 2);
});

test("what a source has is asked for as soon as it says so", () => {
  const { swarm, pieces } = swarmOf();
  const yoda = new FakeMember("yoda", true);
  swarm.join(yoda, pieces);
  swarm.plan(0);
  assertEquals(yoda.asked.length, 0);
  swarm.setBitmap(yoda, Uint8Array.of(0b0100_0000), 10);
  assertEquals(yoda.asked.map(({ piece }) => piece), [1]);
  swarm.takeLack(yoda.asked[0]!);
  swarm.end(yoda.asked.pop()!);
  swarm.plan(20);
  assertEquals(yoda.asked.length, 0, "it lacks it after all");
});

test("who has left is not asked, and what it says late counts nothing", () => {
  const { swarm, pieces } = swarmOf();
  const [yoda, chewy] = [new FakeMember("yoda", true), new FakeMember("chewy", true)];
  const membership = swarm.join(yoda, pieces);
  swarm.join(chewy, pieces);
  membership[Symbol.dispose]();
  swarm.setBitmap(yoda, ALL, 0);
  swarm.plan(0);
  assertEquals([yoda.asked.length, chewy.asked.length, yoda.bitmaps], [0, 0, 0]);
});

test("a false bitmap is refused", () => {
  const { swarm, pieces } = swarmOf();
  const yoda = new FakeMember("yoda", true);
  swarm.join(yoda, pieces);
  assertThrows(() => swarm.setBitmap(yoda, new Uint8Array(2), 0), BitTrickleError);
});
