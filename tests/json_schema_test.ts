/**
 * The schema of what `--json` writes: closed, and one with the code.
 *
 * @module
 */

import { assertEquals, AssertionError, assertThrows } from "@std/assert";
import schema from "../docs/json.schema.json" with { type: "json" };
import { SHELL_WORDS } from "../lib/client/commands.ts";
import { CLIENT_MANUAL } from "../lib/client/manual.ts";
import { jsonLines } from "./support/json_lines.ts";
import { MAY_USE_DISK } from "./support/permission.ts";

const PURE = { permissions: "none" } as const;

const GOOD: readonly string[] = [
  '{"v":1,"type":"result","verb":"lap","items":[],"more":0}',
  '{"v":1,"type":"result","verb":"version","version":"1"}',
  '{"v":1,"type":"error","code":"usage","message":"x"}',
];

const BAD: readonly string[] = [
  "hello",
  "null",
  "{}",
  '{"type":"result","verb":"lap","items":[],"more":0}',
  '{"v":2,"type":"result","verb":"lap","items":[],"more":0}',
  '{"v":1,"type":"result","verb":"lap","items":[],"more":0,"surplus":1}',
  '{"v":1,"type":"result","verb":"lap","more":0}',
  '{"v":1,"type":"result","verb":"nonsense"}',
  '{"v":1,"type":"result","verb":"version"}',
  '{"v":1,"type":"result","verb":"get"}',
  '{"v":1,"type":"result","verb":"get","name":"a","bytes":1.5}',
  '{"v":1,"type":"result","verb":"get","results":[{"name":"a","surplus":1}]}',
  '{"v":1,"type":"result","verb":"sch","items":["a"],"details":[{"size":-1}],"more":0}',
  '{"v":1,"type":"error","code":"nonsense","message":"x"}',
  '{"v":1,"type":"news","time":"2026-11-26","news":"gone"}',
  '{"v":1,"type":"error","verb":"pub","code":"partial","message":"x","skipped":[{"name":"a","message":"x"}]}',
  '{"v":1,"type":"shared","time":"2026-01-02T03:04:06.000Z","change":"skipped","name":"a","message":"x"}',
  '{"v":1,"type":"shared","time":"2026-01-02T03:04:06.000Z","change":"published","name":"a","code":"disk"}',
];

for (const line of GOOD) {
  Deno.test({ name: `the schema takes ${line}`, ...PURE }, () => {
    assertEquals(jsonLines(`${line}\n`).length, 1);
  });
}

for (const line of BAD) {
  Deno.test({ name: `the schema refuses ${line}`, ...PURE }, () => {
    assertThrows(() => jsonLines(`${line}\n`), AssertionError);
  });
}

Deno.test({ name: "the schema knows every command", ...PURE }, () => {
  const commands = [...CLIENT_MANUAL.commands.map(({ name }) => name), ...SHELL_WORDS];
  for (const verb of new Set(commands)) {
    const line = JSON.stringify({ v: 1, type: "error", verb, code: "usage", message: "x" });
    assertEquals(jsonLines(`${line}\n`).length, 1);
  }
});

Deno.test("docs/scripts.md shows every type as it is", { ignore: !MAY_USE_DISK }, async () => {
  const page = await Deno.readTextFile(new URL("../docs/scripts.md", import.meta.url));
  const examples = page.matchAll(/^```ndjson\n(.*?)^```/gms).map(([, lines]) => lines!).toArray();
  const types = new Set(jsonLines(examples.join("")).map(({ type }) => type));
  const known = schema.oneOf.map(({ $ref }) => $ref.replace("#/$defs/", ""));
  assertEquals([...types].sort(), known.sort());
});
