/**
 * Publishers that lie about the size of a file whose id is true: what they tell of is another content,
 * and who asks for the true one never meets them.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { formatContent } from "../../../lib/protocol/content.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { type Hashed, hashed } from "../../support/hashed.ts";
import { type Behaviour, busyUntil, HostileSource } from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const SMALL = hashed(someBytes(5_000));
const LARGE = hashed(someBytes(2.5 * PIECE_BYTES));

interface Lie {
  readonly title: string;
  readonly file: Hashed;
  readonly size: number;
}

const LIES: readonly Lie[] = [
  { title: "a byte too many", file: SMALL, size: SMALL.size + 1 },
  { title: "a byte too few", file: SMALL, size: SMALL.size - 1 },
  { title: "nothing at all", file: SMALL, size: 0 },
  { title: "several pieces instead of one", file: SMALL, size: LARGE.size },
  { title: "one piece instead of several", file: LARGE, size: SMALL.size },
  { title: "a byte too many of several pieces", file: LARGE, size: LARGE.size + 1 },
  { title: "a piece too many", file: LARGE, size: LARGE.size + PIECE_BYTES },
  { title: "a piece too few", file: LARGE, size: LARGE.size - PIECE_BYTES },
  { title: "more than any file may have", file: SMALL, size: Number.MAX_SAFE_INTEGER },
  { title: "as much as a file may have", file: LARGE, size: 2 ** 40 },
];

for (const { title, file, size } of LIES) {
  Deno.test(`who claims ${title} is caught, and is a choice beside others`, ON_DISK, async () => {
    await using index = new TestIndex();
    await using vader = await TestPeer.join(index, "vader", { stallMs: 2_000 });
    await using yoda = await HostileSource.join(index, "yoda", file);
    await yoda.publish("a", { size });
    const error = await assertRejects(() => vader.peer.get("a"), BitTrickleError);
    assertEquals(error.code, "unverified");
    assertEquals((await vader.folder.names()).includes("a"), false);

    const notes: string[] = [];
    await using hans = await HostileSource.join(index, "hans", file);
    await hans.publish("a");
    for (const wanted of ["a", file.id, file.id.slice(0, 8)]) {
      const choice = await vader.peer.get(wanted);
      const users = choice.kind === "choices" && choice.choices.map(({ size, users }) => {
        return [size, ...users];
      });
      assertEquals(
        new Map(users as [number, string][]),
        new Map([[size, "yoda"], [file.size, "hans"]]),
      );
    }
    const chosen = { as: "a", onNote: (note: string) => void notes.push(note) };
    const gotten = await vader.peer.get(formatContent(file), chosen);
    assertEquals(gotten.kind === "downloaded" && gotten.from.toSorted(), ["hans"]);
    assertEquals(await Deno.readFile(vader.folder.pathOf("a")), file.content);
    assertEquals(notes, []);
  });
}

/** What a liar may do so that nobody finds out: nothing that is against the rules. */
const EVASIONS: readonly (Behaviour & { readonly title: string })[] = [
  { title: "closes every connection", greet: (it) => Promise.resolve(it.close()) },
  { title: "does not answer", greet: async (it) => void await it.read(new Uint8Array(1)) },
  { title: "has the file no more", script: (it) => it.reply("404") },
  { title: "keeps others in a queue for ever", script: busyUntil(() => false) },
];

for (const { title, ...behaviour } of EVASIONS) {
  Deno.test(`who lies about the size and ${title} does not keep others out`, ON_DISK, async () => {
    await using index = new TestIndex();
    await using vader = await TestPeer.join(index, "vader", { stallMs: 1_000 });
    await using yoda = await HostileSource.join(index, "yoda", SMALL, behaviour);
    await using hans = await HostileSource.join(index, "hans", SMALL);
    await yoda.publish("liar's", { size: 6_000 });
    await hans.publish("a");
    await vader.peer.get("a", { patienceMs: 300 });
    assertEquals(await Deno.readFile(vader.folder.pathOf("a")), SMALL.content);
    assertEquals(yoda.asked, []);
  });
}

Deno.test(
  "a file and the hashes of its pieces have one id, and each is got as asked",
  ON_DISK,
  async () => {
    const large = hashed(someBytes(2 * PIECE_BYTES));
    const hashes = hashed(large.layer);
    assertEquals(hashes.id, large.id);
    await using index = new TestIndex();
    await using hans = await TestPeer.join(index, "hans");
    await using yoda = await TestPeer.join(index, "yoda");
    await using vader = await TestPeer.join(index, "vader", { stallMs: 2_000 });
    for (const [name, { content }] of [["large", large], ["hashes", hashes]] as const) {
      await hans.folder.write(name, content);
      await hans.peer.pub(name);
    }
    await yoda.folder.write("small", hashes.content);
    await yoda.peer.pub("small");
    const byId = await vader.peer.get(large.id);
    assertEquals(
      byId.kind === "choices" && byId.choices.map(({ size, users }) => [size, ...users]),
      [
        [64, "hans", "yoda"],
        [large.size, "hans"],
      ],
    );
    for (
      const [name, wanted, { content }] of [
        ["large", "large", large],
        ["hashes", "hashes", hashes],
        ["x", formatContent(large), large],
        ["y", `${large.id.slice(0, 6)}:64`, hashes],
      ] as const
    ) {
      await vader.peer.get(wanted, { as: name });
      assertEquals(await Deno.readFile(vader.folder.pathOf(name)), content);
    }
    const other = await vader.peer.get(formatContent(large), { as: "hashes" }).catch((it) =>
      it.code
    );
    assertEquals(other, "exists", "the other content of that id is not taken for it");
  },
);
