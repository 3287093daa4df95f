/**
 * What a download asks of whom in a swarm.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { PlannedRequest } from "../../../lib/peer/download/outstanding_requests.ts";
import { PiecePicker } from "../../../lib/peer/download/piece_picker.ts";
import { SwarmPicker } from "../../../lib/peer/download/swarm_picker.ts";
import { seededRandom } from "../../support/seeded.ts";

/** A download of `count` pieces, and what partial sources have of it. */
function setUp(count: number, partial: Readonly<Record<string, readonly number[]>>) {
  const pieces = new PiecePicker(Array<boolean>(count).fill(false));
  const picker = new SwarmPicker(pieces, count, seededRandom(1));
  for (const [source, had] of Object.entries(partial)) {
    picker.availability.join(source);
    picker.availability.set(source, bitmapOf(count, had));
  }
  return { pieces, picker };
}

function bitmapOf(count: number, had: readonly number[]): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(count / 8));
  for (const piece of had) bitmap[piece >> 3]! |= 0x80 >> (piece & 7);
  return bitmap;
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

/** Makes as many requests as may be made. */
function askAll(picker: SwarmPicker, idle: readonly string[], now = 0): PlannedRequest[] {
  const made: PlannedRequest[] = [];
  for (let next = picker.next(idle, now); next; next = picker.next(idle, now)) made.push(next);
  return made;
}

test("the rarest piece that a partial source has is asked of it first", () => {
  const { picker } = setUp(4, { hans: [0, 1, 2], yoda: [0, 1], chewy: [0] });
  assertEquals(picker.next(["hans"], 0)?.piece, 2);
  assertEquals(picker.next(["hans"], 0)?.piece, 1);
  assertEquals(picker.next(["chewy"], 0)?.piece, 0);
  assertEquals(picker.next(["hans", "yoda", "chewy"], 0), undefined, "nobody has piece 3");
});

test("what a source with a queue may choose from is offered to another one, too", () => {
  const { picker } = setUp(4, { chewy: [] });
  const [first] = askAll(picker, ["busy", "hans"]);
  assertEquals([first!.source, first!.choice!.length], ["busy", 4]);
  assertEquals(picker.next(["busy", "hans"], 100), undefined, "it is about to choose");
  first!.isQueued = true;
  const second = picker.next(["busy", "hans"], 200)!;
  assertEquals([second.source, second.choice!.length], ["hans", 4]);
  assertEquals(picker.next(["busy", "hans"], 300), undefined);
});

test("what a source does not choose from is offered to another one after a while", () => {
  const { picker } = setUp(4, { chewy: [] });
  assertEquals(askAll(picker, ["silent", "hans"]).map(({ source }) => source), ["silent"]);
  assertEquals(picker.next(["silent", "hans"], 2_999), undefined);
  assertEquals(picker.next(["silent", "hans"], 3_000)?.source, "hans");
});

test("a whole source is offered what nobody else has, and asked twice at most", () => {
  const { picker } = setUp(200, { hans: [0, 1, 2, 3, 4, 5, 6] });
  const made = askAll(picker, ["whole", "hans"]);
  const offers = made.flatMap(({ choice }) => choice ?? []);
  assertEquals(made.map(({ source }) => source), [
    "whole",
    "whole",
    "hans",
    "hans",
    "hans",
    "hans",
  ]);
  assertEquals(new Set(offers).size, 128, "64 pieces each, and none twice");
  assert(offers.every((piece) => piece > 6));
});

test("a whole source gives what others have only if they have no time", () => {
  const { picker } = setUp(3, { hans: [0, 1, 2] });
  const first = picker.next(["whole", "hans"], 0)!;
  assertEquals(first.source, "hans");
  first.isQueued = true;
  assertEquals(picker.next(["whole", "hans"], 0)?.source, "whole");
});

test("a source that gave nothing is left alone for a second", () => {
  const { picker } = setUp(3, { hans: [] });
  picker.end(picker.next(["whole"], 0)!);
  picker.leaveAlone("whole", 0);
  assertEquals(picker.next(["whole"], 999), undefined);
  assertEquals(picker.next(["whole"], 1_000)?.source, "whole");
});

test("a source chooses among the pieces that it was offered", () => {
  const { pieces, picker } = setUp(3, { hans: [0] });
  const request = picker.next(["whole"], 0)!;
  assertEquals([...request.choice!].sort(), [1, 2]);
  assert(!picker.choose(request, 0));
  assert(picker.choose(request, 2));
  assertEquals([...pieces.free].sort(), [0, 1]);
  picker.end(request);
  assertEquals([...pieces.free].sort(), [0, 1, 2]);
});

test("a source that lacks a piece after all is not asked for it again", () => {
  const { picker } = setUp(1, { hans: [0], yoda: [0] });
  picker.availability.clear("hans", 0);
  assertEquals(picker.availability.copies(0), 1);
  assertEquals(picker.next(["hans"], 0), undefined);
  picker.availability.leave("yoda");
  assertEquals(picker.availability.copies(0), 0);
});

test("sources that nothing is asked of come before others", () => {
  const had = [...Array(20).keys()];
  const { picker } = setUp(20, { hans: had, yoda: had, chewy: had });
  const made = askAll(picker, ["hans", "yoda", "chewy"]);
  const asked = (source: string) => made.filter((request) => request.source === source).length;
  assertEquals(["hans", "yoda", "chewy"].map(asked), [2, 2, 2]);
});

test("requests that bring nothing do not keep others from being made", () => {
  const had = [...Array(40).keys()];
  const { picker } = setUp(40, { hans: had, yoda: had });
  assertEquals(askAll(picker, ["hans"]).length, 6);
  assertEquals(askAll(picker, ["yoda"], 2_999).length, 0);
  assertEquals(askAll(picker, ["yoda"], 3_000).length, 6, "nothing has come for long");
  for (let i = 0; i < 12; i++) picker.take(3_000);
  assertEquals(askAll(picker, ["yoda"], 3_000).length, 6, "others have been quicker");
});

test("the last pieces are raced, by whole sources only if the others are slow", () => {
  const { picker } = setUp(2, { hans: [0, 1], yoda: [0] });
  assertEquals(askAll(picker, ["hans"]).map(({ piece }) => piece).sort(), [0, 1]);
  assertEquals(picker.next(["yoda", "whole"], 0)?.piece, 0);
  assertEquals(picker.next(["yoda", "whole"], 0), undefined);
  assertEquals(picker.next(["whole"], 3_000)?.piece, 1);
});

const STEPS = fc.array(
  fc.record({ step: fc.constantFrom("ask", "come", "fail", "choose"), nth: fc.nat(20) }),
  { maxLength: 200 },
);

test("whatever happens, nobody is asked for what it lacks, and all can be had in the end", () => {
  const had = fc.array(fc.nat(11), { maxLength: 12 });
  fc.assert(fc.property(had, had, STEPS, (hans, yoda, steps) => {
    const { pieces, picker } = setUp(12, { hans, yoda });
    const has: Record<string, readonly number[]> = { hans, yoda, whole: [...Array(12).keys()] };
    const out: PlannedRequest[] = [];
    const end = (request: PlannedRequest, hasCome: boolean) => {
      const piece = request.piece ?? request.choice![0]!;
      if (request.piece === undefined) assert(picker.choose(request, piece));
      assert(has[request.source]!.includes(piece));
      if (hasCome && pieces.finish(piece)) picker.take(0);
      picker.end(request);
      out.splice(out.indexOf(request), 1);
    };
    for (const { step, nth } of steps) {
      const request = out[nth % out.length];
      const next = step === "ask" ? picker.next(["hans", "yoda", "whole"], 0) : undefined;
      if (next) out.push(next);
      if (!request || step === "ask") continue;
      if (step === "choose") picker.choose(request, request.choice?.at(-1) ?? -1);
      else end(request, step === "come");
    }
    for (const request of [...out]) end(request, false);
    while (pieces.left > 0) end(push(out, picker.next(["whole"], 0)!), true);
    assertEquals(picker.next(["hans", "yoda", "whole"], 0), undefined);
  }));
});

function push<T>(values: T[], value: T): T {
  values.push(value);
  return value;
}
