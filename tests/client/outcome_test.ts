import { assertEquals, assertRejects } from "@std/assert";
import { failureOf, named, type Outcome, outcomeOfEach } from "../../lib/client/outcome.ts";
import { BitTrickleError, type ErrorCode, interrupted } from "../../lib/errors.ts";

const PURE = { permissions: "none" } as const;

const ERRORS: Readonly<Record<string, Error>> = {
  gone: new BitTrickleError("not_found", "Cannot find it"),
  full: new BitTrickleError("disk", 'Cannot write "full": the disk is full'),
  stop: interrupted(),
  bug: new TypeError("x is not a function"),
};

function run(name: string): Promise<Outcome> {
  const error = ERRORS[name];
  return error
    ? Promise.reject(error)
    : Promise.resolve({ lines: ["Done", "and more"], fields: { name } });
}

Deno.test(
  { name: "the outcome of one name is its own, whatever comes of it", ...PURE },
  async () => {
    assertEquals(await outcomeOfEach(["a"], run), {
      lines: ["Done", "and more"],
      fields: { name: "a" },
    });
    assertEquals(await assertRejects(() => outcomeOfEach(["full"], run)), ERRORS.full);
    assertEquals(await assertRejects(() => outcomeOfEach(["stop"], run)), ERRORS.stop);
  },
);

Deno.test(
  { name: "of several names each is named, and what fails stops no other", ...PURE },
  async () => {
    assertEquals(await outcomeOfEach(["a", "full", "gone", "b"], run), {
      lines: [
        '"a": Done',
        "and more",
        'Cannot write "full": the disk is full',
        '"gone": Cannot find it',
        '"b": Done',
        "and more",
      ],
      fields: {
        results: [
          { name: "a" },
          { name: "full", message: 'Cannot write "full": the disk is full', code: "disk" },
          { name: "gone", message: "Cannot find it", code: "not_found" },
          { name: "b" },
        ],
      },
      failure: "partial",
    });
  },
);

Deno.test(
  { name: "an interruption ends a batch, which tells what was done", ...PURE },
  async () => {
    assertEquals(await outcomeOfEach(["a", "stop", "b"], run), {
      lines: ['"a": Done', "and more", '"stop": interrupted', '"b": left out'],
      fields: {
        results: [
          { name: "a" },
          { name: "stop", message: "interrupted", code: "interrupted" },
          { name: "b", message: "left out", code: "interrupted" },
        ],
      },
      failure: "interrupted",
    });
  },
);

Deno.test({ name: "what is fatal ends a batch, and is what came of it", ...PURE }, async () => {
  const { lines, failure } = await outcomeOfEach(["a", "full", "b"], run, { fatal: ["disk"] });
  assertEquals(lines, [
    '"a": Done',
    "and more",
    'Cannot write "full": the disk is full',
    '"b": left out',
  ]);
  assertEquals(failure, "disk");
});

Deno.test({ name: "what nobody foresaw ends a batch", ...PURE }, async () => {
  await assertRejects(() => outcomeOfEach(["a", "bug"], run), TypeError);
});

const FAILURES: readonly (readonly [(ErrorCode | undefined)[], ErrorCode | undefined])[] = [
  [[], undefined],
  [[undefined, undefined], undefined],
  [["timeout", "timeout"], "timeout"],
  [["timeout", "disk"], "partial"],
  [[undefined, "disk"], "partial"],
];

for (const [kinds, failure] of FAILURES) {
  Deno.test({ name: `${JSON.stringify(kinds)} together are ${failure}`, ...PURE }, () => {
    assertEquals(failureOf(kinds), failure);
  });
}

Deno.test({ name: "named() adds a name only where there is none", ...PURE }, () => {
  assertEquals(named("a", "File not found"), '"a": File not found');
  assertEquals(named("a", "a downloaded successfully"), "a downloaded successfully");
  assertEquals(named("a", 'Cannot write "a": no'), 'Cannot write "a": no');
  assertEquals(named("a\x1b", 'Cannot write "a\\u{1b}": no'), 'Cannot write "a\\u{1b}": no');
});
