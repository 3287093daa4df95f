import { assertEquals } from "@std/assert";
import schema from "../../docs/json.schema.json" with { type: "json" };
import { exitCodeFor, exitCodeOf } from "../../lib/cli/exit_code.ts";
import { BitTrickleError, type ErrorCode } from "../../lib/errors.ts";
import { MAY_USE_DISK } from "../support/permission.ts";

const SCRIPTS = new URL("../../docs/scripts.md", import.meta.url);

const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  not_found: 3,
  network: 4,
  timeout: 4,
  index_gone: 4,
  changed: 3,
  malformed: 4,
  login_refused: 5,
  already_active: 5,
  plain_only: 8,
  unverified: 6,
  ambiguous: 2,
  partial: 9,
  disk: 7,
  exists: 7,
  refused: 8,
  reader_gone: 141,
  interrupted: 130,
};

for (const [code, exitCode] of Object.entries(EXIT_CODES) as [ErrorCode, number][]) {
  Deno.test({ name: `the exit code for ${code} is ${exitCode}`, permissions: "none" }, () => {
    assertEquals(exitCodeFor(code), exitCode);
    assertEquals(exitCodeOf(new BitTrickleError(code, "")), exitCode);
  });
}

Deno.test({ name: "the exit code for anything unforeseen is 1", permissions: "none" }, () => {
  for (
    const thrown of [new Error("usage"), new TypeError(), "usage", undefined, { code: "usage" }]
  ) {
    assertEquals(exitCodeOf(thrown), 1);
  }
});

Deno.test(
  { name: "the schema of --json names every code, and no other", permissions: "none" },
  () => {
    const codes = [...Object.keys(EXIT_CODES), "unexpected"].sort();
    assertEquals(schema.$defs.code.enum, codes);
  },
);

Deno.test("docs/scripts.md lists every exit code", { ignore: !MAY_USE_DISK }, async () => {
  const page = await Deno.readTextFile(SCRIPTS);
  const listed = page.matchAll(/^\| (\d+) +\|/gm).map(([, code]) => Number(code)).toArray();
  const codes = new Set([0, 1, ...Object.values(EXIT_CODES)]);
  assertEquals(listed, [...codes].sort((a, b) => a - b));
});
