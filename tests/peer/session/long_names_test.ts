import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { NAME_BYTES } from "../../../lib/protocol/limits.ts";
import { nameFault } from "../../../lib/protocol/names.ts";
import { utf8Length } from "../../../lib/protocol/utf8.ts";
import { TestSession } from "../../support/test_session.ts";
import { TestIndex } from "../../support/test_index.ts";
import { PORTS } from "../../support/users.ts";

/** The longest name of a user that there is. */
const LONGEST = "🎬".repeat(64);
const CREDENTIALS = `${LONGEST} pw\nhans pw-hans\n`;

async function joinLongest(index: TestIndex): Promise<TestSession> {
  const member = new TestSession(index.address, LONGEST);
  await member.session.logIn(LONGEST, "pw", PORTS);
  return member;
}

/** A legal name of 1,000 bytes that differs from others in its last letters, from `text` on. */
function longName(letter: string, end: string): string {
  const bytes = utf8Length(letter);
  const segment = letter.repeat(Math.floor(240 / bytes));
  const beginning = `${segment}/`.repeat(4);
  const name = beginning +
    letter.repeat(Math.floor((NAME_BYTES - 6 - utf8Length(beginning)) / bytes));
  const whole = name + "_".repeat(NAME_BYTES - utf8Length(name + end)) + end;
  assertEquals([utf8Length(whole), nameFault(whole)], [NAME_BYTES, undefined]);
  return whole;
}

/** Names of 1,000 bytes that nothing but their ends tells from each other. */
function alike(letter: string): string[] {
  return Array.from({ length: 7 }, (_, i) => longName(letter, String(i)));
}

const ids = (name: string) => new TextEncoder().encode(name).toHex().slice(-8).repeat(8);

for (const letter of ["x", "%", "+", "é", "日", "🎬"]) {
  Deno.test(`names of 1,000 bytes of "${letter}" are published, listed, found and got`, async () => {
    await using index = new TestIndex({ credentials: CREDENTIALS });
    await using hans = await TestSession.join(index.address, "hans");
    await using source = await joinLongest(index);
    const names = alike(letter);
    for (const [i, name] of names.entries()) {
      const details = { size: Number.MAX_SAFE_INTEGER - i, id: ids(name) };
      assertEquals(await source.ask({ verb: "pub", name, details }), "published");
    }
    assertEquals(await source.ask({ verb: "lpf" }), names);
    assertEquals(await hans.ask({ verb: "lpf", of: LONGEST }), names);
    const text = `${letter} ${names[0]!.slice(0, 200 / utf8Length(letter))} user:${LONGEST}`;
    assertEquals(await hans.ask({ verb: "sch", text }), names);
    for (const name of names) {
      const byName = await hans.session.ask({ verb: "get", name });
      assert(byName.kind === "sources");
      assertEquals(byName.sources.map(({ file }) => file?.name), [name]);
      const byId = await hans.session.ask({ verb: "get", name: ids(name) });
      assert(byId.kind === "sources");
      assertEquals(byId.named?.map(({ name }) => name), [name]);
    }
    for (const name of names) assertEquals(await source.ask({ verb: "unp", name }), "unpublished");
    assertEquals(await source.ask({ verb: "lpf" }), []);
  });
}

Deno.test("names that differ in one byte after 999 are listed to the end, and each once", async () => {
  await using index = new TestIndex({ credentials: CREDENTIALS });
  await using source = await joinLongest(index);
  await using hans = await TestSession.join(index.address, "hans");
  const names = Array.from({ length: 120 }, (_, i) => {
    return longName("x", String(i).padStart(3, "0"));
  });
  for (const name of names.toReversed()) await source.ask({ verb: "pub", name });
  assertEquals(await hans.ask({ verb: "lpf", of: LONGEST }), names);
});

Deno.test("a request that is too long fails, and the next ones work", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 10 });
  for (let i = 0; i < 30; i++) {
    for (
      const request of [
        { verb: "sch", text: "x".repeat(1_160) },
        { verb: "lpf", of: "%".repeat(1_160) },
        { verb: "get", name: "a\tb" },
      ] as const
    ) {
      const error = await assertRejects(() => hans.ask(request), BitTrickleError);
      assertEquals(error.code, "usage");
    }
  }
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals(hans.news, []);
});
