/**
 * A source of a whole file, and many who want it at once and pass it on to each other.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { RateLimit } from "../../../lib/net/rate_limit.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { WITHHELD_MS } from "../../../lib/peer/upload/given_pieces.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestUploads } from "../../support/test_uploads.ts";
import { TransferAsker } from "../../support/transfer_asker.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const PIECES = 16;
const DOWNLOADERS = 64;
const ALL = Array.from({ length: PIECES }, (_, i) => i);

function connect(sharing: TestUploads, id: string, user: string): Promise<TransferAsker> {
  return TransferAsker.connect(sharing, sharing.pass(user, id));
}

/** How many of `answers` are what. */
function tally(answers: readonly (number | string)[]): Record<string, number> {
  const groups = Object.groupBy(answers, String);
  return Object.fromEntries(Object.entries(groups).map(([it, same]) => [it, same!.length]));
}

Deno.test("64 who ask at once get each piece once before any twice", ON_DISK, async () => {
  let now = 0;
  await using sharing = await TestUploads.open({ now: () => now });
  const { id } = await sharing.share("a", someBytes(PIECES * PIECE_BYTES));
  const askers = await Promise.all(Array.from({ length: DOWNLOADERS }, (_, i) => {
    return connect(sharing, id, `user${i}`);
  }));
  const expected = {
    ...Object.fromEntries(ALL.map((piece) => [piece, 1])),
    "503": DOWNLOADERS - PIECES,
  };
  const had = askers.map(() => new Set<number | string>());
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(askers.map((asker, i) => {
      return asker.choice(...ALL.filter((piece) => !had[i]!.has(piece)));
    }));
    assertEquals(tally(answers), expected, `round ${round}`);
    answers.forEach((answer, i) => had[i]!.add(answer));
    now += WITHHELD_MS;
  }
  for (const asker of askers) asker[Symbol.dispose]();
});

Deno.test(
  "pieces that were asked for by number are not the first to be chosen",
  ON_DISK,
  async () => {
    await using sharing = await TestUploads.open();
    const { id } = await sharing.share("a", someBytes(4 * PIECE_BYTES));
    using vader = await connect(sharing, id, "vader");
    using yoda = await connect(sharing, id, "yoda");
    await vader.ask({ verb: "pieces", first: 0, count: 2 });
    assertEquals(await vader.choice(0, 1, 2), 2);
    assertEquals(await yoda.choice(0, 1, 2), "503");
    assertEquals(await yoda.choice(0, 1, 2, 3), 3);
  },
);

Deno.test("a piece goes to another at once if its downloader leaves", ON_DISK, async () => {
  const limits = { up: new RateLimit(100_000), down: new RateLimit() };
  await using sharing = await TestUploads.open({ limits });
  const { id } = await sharing.share("a", someBytes(PIECE_BYTES));
  const vader = await connect(sharing, id, "vader");
  using yoda = await connect(sharing, id, "yoda");
  await vader.send({ verb: "choice", pieces: [0] });
  await waitFor("the piece to be on its way", () => sharing.uploads.running === 1);
  assertEquals(await yoda.choice(0), "503");
  vader[Symbol.dispose]();
  await waitFor("its end", () => sharing.uploads.running === 0);
  limits.up.bytesPerSecond = Infinity;
  assertEquals(await yoda.choice(0), 0);
});
