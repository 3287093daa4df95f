import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import {
  formatPublication,
  HEADER,
  readPublications,
} from "../../../lib/server/data/data_lines.ts";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { CatalogueEvent } from "../../../lib/index/catalogue/catalogue.ts";
import { nameFault } from "../../../lib/protocol/names.ts";

const NO_RIGHTS = { permissions: "none" } as const;

async function read(text: string): Promise<CatalogueEvent[]> {
  return await readPublications(ReadableStream.from([new TextEncoder().encode(text)]));
}

const publications: fc.Arbitrary<CatalogueEvent> = fc.record({
  kind: fc.constant("publish" as const),
  user: fc.constantFrom("hans", "__proto__", "é"),
  share: fc.constantFrom("0123456789abcdef", "ffffffffffffffff"),
  name: fc.string({ unit: "grapheme" }).filter((name) => nameFault(name) === undefined),
  details: fc.record({
    size: fc.maxSafeNat(),
    id: fc.constant("0f".repeat(32)),
  }, { requiredKeys: ["size"] }),
}, { requiredKeys: ["kind", "user", "name"] });

Deno.test("every publication can be read from its line", NO_RIGHTS, async () => {
  await fc.assert(fc.asyncProperty(fc.array(publications), async (events) => {
    const lines = [HEADER, ...events.map(formatPublication)];
    assertEquals(await read(lines.join("\n")), events);
    assertEquals(await read(`${lines.join("\n")}\n`), events);
  }));
});

Deno.test("an id that is not known is written as a hyphen", NO_RIGHTS, async () => {
  const event = { kind: "publish", user: "hans", name: "a", details: { size: 7 } } as const;
  const line = '{"user":"hans","name":"a","size":7,"id":"-"}';
  assertEquals(formatPublication(event), line);
  assertEquals(await read([HEADER, line].join("\n")), [event]);
});

Deno.test("lines of the version without shares are read", NO_RIGHTS, async () => {
  const event = { kind: "publish", user: "hans", name: "a" } as const;
  const lines = ['{"v":1,"type":"publications"}', '{"user":"hans","name":"a"}'];
  assertEquals(await read(lines.join("\n")), [event]);
  assertEquals(formatPublication({ ...event, share: "0".repeat(16) }), lines[1]);
});

const GOOD = '{"user":"hans","name":"a"}';

const BAD: readonly (readonly [lines: readonly string[], message: string])[] = [
  [[], "line 1: there is none"],
  [["hans a"], "line 1: it is not a JSON object"],
  [[GOOD], 'line 1: expected {"v":2,"type":"publications"}'],
  [['{"v":3,"type":"publications"}'], "line 1: a newer BitTrickle has written it"],
  [[HEADER, GOOD, ""], "line 3: it is not a JSON object"],
  [[HEADER, "[]"], "line 2: it is not a JSON object"],
  [[HEADER, GOOD, GOOD, '{"user":"hans"}'], "line 4: expected user, name, and share"],
  [[HEADER, '{"user":"hans","name":7}'], "line 2: expected user, name, and share"],
  [[HEADER, '{"user":"hans","name":"a","size":"7"}'], "line 2: expected user, name, and share"],
  [[HEADER, '{"user":"hans","name":"a","id":"x"}'], "line 2: expected user, name, and share"],
  [[HEADER, '{"user":"hans","name":"a","age":7}'], "line 2: expected user, name, and share"],
  [[HEADER, '{"user":"hans","share":7,"name":"a"}'], "line 2: expected user, name, and share"],
  [[HEADER, '{"user":"hans","share":"cafe","name":"a"}'], "line 2: bad share"],
  [[HEADER, '{"user":"two words","name":"a"}'], "line 2: bad user: it holds a space"],
  [[HEADER, '{"user":"hans","name":"../a"}'], "line 2: bad name: a part of it begins with a dot"],
  [[HEADER, '{"user":"hans","name":"a","size":-1,"id":"-"}'], "line 2: bad size"],
  [[HEADER, '{"user":"hans","name":"a","size":1.5,"id":"-"}'], "line 2: bad size"],
  [[HEADER, '{"user":"hans","name":"a","size":1,"id":"AB"}'], "line 2: bad id"],
];

for (const [lines, message] of BAD) {
  Deno.test(`readPublications() refuses ${JSON.stringify(lines)}`, NO_RIGHTS, async () => {
    const text = lines.map((line) => `${line}\n`).join("");
    const error = await assertRejects(() => read(text), BitTrickleError);
    assertEquals(error.code, "usage");
    assertEquals(error.message.startsWith(`Nothing was imported: ${message}`), true, error.message);
  });
}
