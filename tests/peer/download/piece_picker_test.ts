/**
 * The plan of a download, against a model that is written as plainly as it can be.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { PiecePicker } from "../../../lib/peer/download/piece_picker.ts";

const SOURCES = ["hans", "yoda", "chewy"] as const;

/** What a fetcher may do: take a piece, or end the work on the n-th that is under way. */
const STEPS = fc.array(
  fc.oneof(
    fc.record({ step: fc.constant("take" as const), source: fc.constantFrom(...SOURCES) }),
    fc.record({ step: fc.constantFrom("finish", "release"), nth: fc.nat(20) }),
  ),
  { maxLength: 200 },
);

interface Asked {
  readonly piece: number;
  readonly source: string;
}

/** Pieces that came and who is asked for which: every rule of the plan is one line. */
class Model {
  readonly finished: Set<number>;
  asked: Asked[] = [];
  readonly #count: number;

  constructor(had: readonly boolean[]) {
    this.#count = had.length;
    this.finished = new Set(had.flatMap((isHad, i) => isHad ? [i] : []));
  }

  get left(): number {
    return this.#count - this.finished.size;
  }

  checkTaken(piece: number | undefined, source: string): void {
    const open = Array.from({ length: this.#count }, (_, i) => i)
      .filter((i) => !this.finished.has(i));
    const free = open.filter((i) => this.askers(i).length === 0);
    const isBusy = open.some((i) => this.askers(i).includes(source));
    const raced = isBusy ? [] : open.filter((i) => this.askers(i).length === 1);
    if (free.length > 0) assert(piece !== undefined && free.includes(piece), "none is idle");
    else if (raced.length > 0) assert(piece !== undefined && raced.includes(piece), "a race");
    else assertEquals(piece, undefined);
  }

  askers(piece: number): string[] {
    return this.asked.filter((it) => it.piece === piece).map(({ source }) => source);
  }
}

Deno.test({
  name: "a plan asks for each missing piece, twice at most at once, and counts it once",
  permissions: "none",
}, () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 12 }), STEPS, (had, steps) => {
    const [plan, model] = [new PiecePicker(had), new Model(had)];
    for (const step of steps) {
      if (step.step === "take") {
        const piece = plan.take(step.source);
        model.checkTaken(piece, step.source);
        if (piece !== undefined) model.asked.push({ piece, source: step.source });
      } else if (model.asked.length > 0) {
        const [{ piece, source }] = model.asked.splice(step.nth % model.asked.length, 1) as [Asked];
        const isNew = !model.finished.has(piece);
        if (step.step === "finish") {
          assertEquals(plan.finish(piece), isNew);
          model.finished.add(piece);
        }
        plan.release(piece, source);
      }
      assertEquals(plan.left, model.left);
    }
    // Whatever happened so far, one source that works alone brings the rest.
    for (const { piece, source } of model.asked) plan.release(piece, source);
    for (let rest = plan.left; rest > 0; rest--) {
      const piece = plan.take("hans");
      assert(piece !== undefined && !model.finished.has(piece));
      assert(plan.finish(piece));
      model.finished.add(piece);
    }
    assertEquals([plan.left, plan.take("hans")], [0, undefined]);
  }));
});

Deno.test({
  name: "who gives up a piece that it was not asked for changes nothing",
  permissions: "none",
}, () => {
  const plan = new PiecePicker([false]);
  assertEquals(plan.take("hans"), 0);
  plan.release(0, "yoda");
  assertEquals(plan.take("hans"), undefined);
  assertEquals(plan.take("yoda"), 0);
});

Deno.test(
  { name: "the piece that was asked for first is raced first", permissions: "none" },
  () => {
    const plan = new PiecePicker([false, false, true]);
    assertEquals([plan.take("hans"), plan.take("hans")], [0, 1]);
    assertEquals([plan.take("yoda"), plan.take("chewy")], [0, 1]);
    assertEquals(plan.take("leia"), undefined, "one other source at most");
  },
);

Deno.test({
  name: "a source that is sending a piece still does not race another's",
  permissions: "none",
}, () => {
  const plan = new PiecePicker([false, false]);
  plan.take("hans");
  plan.take("yoda");
  assertEquals(plan.take("yoda"), undefined);
});

Deno.test({
  name: "pieces from the end on wait, others come in order",
  permissions: "none",
}, () => {
  const pieces = fc.array(fc.boolean(), { maxLength: 20, size: "max" });
  fc.assert(fc.property(pieces, fc.nat(20), STEPS, (had, end, steps) => {
    const picker = new PiecePicker(had);
    picker.end = end;
    const open = had.flatMap((isHad, i) => isHad || i >= end ? [] : [i]);
    const given: Asked[] = [];
    for (const step of steps) {
      if (step.step === "take") {
        const free = open.filter((i) => !given.some(({ piece }) => piece === i));
        const piece = picker.take(step.source);
        if (free.length > 0) assertEquals(piece, free[0], "the first that nobody brings");
        else if (piece !== undefined) assert(given.some((it) => it.piece === piece), "a race");
        if (piece !== undefined) given.push({ piece, source: step.source });
      } else if (given.length > 0) {
        const [{ piece, source }] = given.splice(step.nth % given.length, 1) as [Asked];
        picker.release(piece, source);
      }
      assertEquals(picker.wanted, open.length);
    }
    picker.end = Infinity;
    assertEquals(picker.wanted, picker.left);
  }));
});

Deno.test({
  name: "pieces are asked for from a place on, the others after the last one",
  permissions: "none",
}, () => {
  const plan = new PiecePicker([false, true, false, false, false], 3);
  const taken = Array.from({ length: 4 }, () => plan.take("hans"));
  assertEquals(taken, [3, 4, 0, 2]);
  plan.release(2, "hans");
  plan.release(4, "hans");
  assertEquals([plan.take("yoda"), plan.take("yoda")], [4, 2]);
});

Deno.test({
  name: "the last pieces are left to connections that have nothing to do",
  permissions: "none",
}, () => {
  const plan = new PiecePicker(Array(4).fill(false));
  assertEquals(plan.take("hans"), 0);
  assertEquals(plan.takeAhead("hans", 2), 1);
  assertEquals(plan.takeAhead("hans", 2), undefined);
  assertEquals([plan.take("yoda"), plan.take("yoda")], [2, 3]);
  assertEquals(plan.takeAhead("chewy", 0), undefined, "nobody is raced ahead");
  plan.release(1, "hans");
  assertEquals(plan.takeAhead("chewy", 0), 1);
});
