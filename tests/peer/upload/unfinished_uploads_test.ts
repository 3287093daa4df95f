/**
 * Serving what a download has so far: verified pieces only, to those with a ticket for it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { open } from "node:fs/promises";
import { formatContent } from "../../../lib/protocol/content.ts";
import {
  MAX_PIECES,
  PIECE_BYTES,
  PIECES_PER_REQUEST,
  TICKET_CHARACTERS,
  UPLOAD_POOL,
} from "../../../lib/protocol/limits.ts";
import { BITMAP_PIECES, CHOICE_PIECES } from "../../../lib/protocol/swarm_limits.ts";
import { readPiece } from "../../../lib/peer/share/identify.ts";
import { someBytes } from "../../support/bytes.ts";
import { FakeUnfinishedFile } from "../../support/fake_unfinished_file.ts";
import { hashed, piecesIn } from "../../support/hashed.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { fetchPlain } from "../../support/plain_tcp.ts";
import { TestUploads } from "../../support/test_uploads.ts";
import { TransferAsker } from "../../support/transfer_asker.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
/** Five pieces; the last is a short one. */
const FILE = hashed(someBytes(4 * PIECE_BYTES + 100));

/** Runs a test with a source that has the pieces `had`, and a downloader. */
async function withPart(
  had: readonly number[],
  run: (vader: TransferAsker, file: FakeUnfinishedFile, sharing: TestUploads) => Promise<void>,
): Promise<void> {
  await using sharing = await TestUploads.open();
  const file = new FakeUnfinishedFile(FILE, had);
  sharing.unfinishedFiles.add(file);
  using vader = await TransferAsker.connect(sharing, sharing.pass("vader", FILE.id, FILE.size));
  await run(vader, file, sharing);
}

Deno.test("an unfinished file is served as far as it has come", ON_DISK, async () => {
  await withPart([1, 4], async (vader, file) => {
    assertEquals((await vader.ask({ verb: "layer" })).records, [FILE.layer]);
    assertEquals(await vader.have(0, 5), [1, 4]);
    const { records } = await vader.ask({ verb: "pieces", first: 4, count: 1 });
    assertEquals(piecesIn(FILE.content, records), [4]);
    file.had.add(3);
    assertEquals(await vader.have(0, 5), [1, 3, 4]);
    const both = await vader.ask({ verb: "pieces", first: 3, count: 2 });
    assertEquals(piecesIn(FILE.content, both.records), [3, 4]);
  });
});

Deno.test("what a part lacks is refused, and read by nobody", ON_DISK, async () => {
  await withPart([1, 2], async (vader, file) => {
    file.onRead = (piece) => assertEquals(file.had.has(piece), true);
    assertEquals(await vader.replyTo({ verb: "pieces", first: 0, count: 1 }), "416");
    assertEquals(await vader.replyTo({ verb: "pieces", first: 1, count: 3 }), "416");
    assertEquals(await vader.choice(0, 3, 4), "416");
    assertEquals(await vader.choice(0, 2, 1), 2);
    assertEquals(await vader.replyTo({ verb: "pieces", first: 1, count: 2 }), "200 2");
  });
});

Deno.test("what is beyond the end is refused, or had by nobody", ON_DISK, async () => {
  await withPart([0, 1, 2, 3, 4], async (vader) => {
    assertEquals(await vader.have(3, 100), [3, 4]);
    assertEquals(await vader.have(5, 8), []);
    assertEquals(await vader.have(0, BITMAP_PIECES), [0, 1, 2, 3, 4]);
    assertEquals(await vader.have(1_048_575, 1), []);
    assertEquals(await vader.choice(5), "400");
    assertEquals(await vader.choice(0, 1_048_575), "400");
    assertEquals(await vader.replyTo({ verb: "pieces", first: 4, count: 2 }), "400");
    const tooMany = PIECES_PER_REQUEST + 1;
    assertEquals(await vader.replyTo({ verb: "pieces", first: 0, count: tooMany }), "400");
    assertEquals(await vader.choice(4), 4, "the connection can be used on");
  });
});

Deno.test("a shared file has every piece", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const { id } = await sharing.share("a", FILE.content);
  sharing.unfinishedFiles.add(new FakeUnfinishedFile(FILE, [1]));
  using vader = await TransferAsker.connect(sharing, sharing.pass("vader", id));
  assertEquals(await vader.have(0, 16), [0, 1, 2, 3, 4]);
  assertEquals(await vader.choice(3, 9), "400");
  const { records } = await vader.ask({ verb: "choice", pieces: [4, 2] });
  assertEquals(records[0], Uint8Array.of(0, 0, 0, 4));
  assertEquals(piecesIn(FILE.content, records.slice(1)), [4]);
});

Deno.test("the longest request is understood, and no longer one", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const { id } = await sharing.share("a", FILE.content);
  const pass = sharing.pass("vader", id);
  const { ticket } = pass;
  using vader = await TransferAsker.connect(sharing, pass);
  const pieces = Array.from({ length: CHOICE_PIECES }, (_, i) => MAX_PIECES - 1 - i);
  assertEquals(await vader.have(0, 1), [0]);
  const longest = ticket.padEnd(TICKET_CHARACTERS, "x");
  assertEquals(await vader.replyTo({ verb: "choice", pieces, ticket: longest }), "403");
  assertEquals(await vader.replyTo({ verb: "choice", pieces, ticket }), "400");
  assertEquals(await vader.replyTo({ verb: "choice", pieces, ticket: `${longest}x` }), "end");
});

Deno.test("an unfinished file opens to no other content's ticket", ON_DISK, async () => {
  await withPart([0], async (_, __, sharing) => {
    const other = await sharing.share("other", someBytes(5_000));
    for (
      const pass of [
        sharing.pass("yoda", "ab".repeat(32), FILE.size),
        sharing.pass("yoda", FILE.id, FILE.size + 1),
        sharing.pass("yoda", other.id, FILE.size),
      ]
    ) {
      using yoda = await TransferAsker.connect(sharing, pass);
      assertEquals(await yoda.replyTo({ verb: "layer" }), "404");
      assertEquals(await yoda.replyTo({ verb: "have", first: 0, count: 1 }), "404");
      assertEquals(await yoda.choice(0), "404");
      assertEquals(await yoda.replyTo({ verb: "bad", piece: 0 }), "404");
    }
  });
});

Deno.test("an unfinished file is served to nobody without a ticket", ON_DISK, async () => {
  await withPart([0], async (vader, _, sharing) => {
    await using other = await TestUploads.open();
    const foreign = other.pass("yoda", FILE.id, FILE.size);
    using yoda = await TransferAsker.connect(sharing, foreign);
    assertEquals(await yoda.replyTo({ verb: "layer" }), "403");
    for (const name of [FILE.id, formatContent(FILE)]) {
      const answer = await fetchPlain(sharing.plainAddress, name);
      assertEquals(new TextDecoder().decode(answer), "Error: File not found");
    }
    const { ticket } = sharing.pass("yoda", FILE.id, FILE.size);
    assertEquals(await vader.have(0, 1), [0]);
    assertEquals(await vader.replyTo({ verb: "layer", ticket }), "403", "it is another's");
  });
});

Deno.test("a file that is removed while a request waits is refused", ON_DISK, async () => {
  await withPart([0], async (vader, file, sharing) => {
    const big = await sharing.share("big", someBytes(PIECES_PER_REQUEST * PIECE_BYTES));
    const users = ["a", "a", "b", "b", "c"];
    const blockers = await Promise.all(users.map((user) => {
      return sharing.occupy(sharing.pass(user, big.id));
    }));
    await waitFor("all places to be taken", () => sharing.uploads.running === UPLOAD_POOL);
    const reply = vader.replyTo({ verb: "pieces", first: 0, count: 1 });
    await waitFor("the queue", () => sharing.uploads.waiting === 1);
    sharing.unfinishedFiles.remove(file);
    for (const blocker of blockers) blocker.close();
    assertEquals(await reply, "404");
  });
});

Deno.test("a file that is removed while it is read is refused", ON_DISK, async () => {
  await withPart([0, 1], async (vader, file, sharing) => {
    file.onRead = () => {
      sharing.unfinishedFiles.remove(file);
      throw new Deno.errors.BadResource("it is closed");
    };
    assertEquals(await vader.choice(0), "404");
    assertEquals(await vader.choice(0), "404", "the connection can be used on");
    assertEquals(sharing.uploads.running, 0);
  });
});

Deno.test("a piece that cannot be read is lacked at that moment", ON_DISK, async () => {
  await withPart([0], async (vader, file) => {
    file.onRead = () => {
      file.onRead = () => {};
      throw new Deno.errors.BadResource("it is closed");
    };
    assertEquals(await vader.choice(0), "416");
    assertEquals(await vader.choice(0), 0);
  });
});

Deno.test("a file that is removed between two pieces ends the connection", ON_DISK, async () => {
  await withPart([0, 1], async (vader, file, sharing) => {
    file.onRead = (piece) => {
      if (piece === 1) throw new Deno.errors.BadResource("it is closed");
      sharing.unfinishedFiles.remove(file);
    };
    const { reply, records } = await vader.ask({ verb: "pieces", first: 0, count: 2 });
    assertEquals([reply, records.length], ["end", 1]);
    await waitFor("the place to be free", () => sharing.uploads.running === 0);
  });
});

Deno.test("a piece of a part that is said to be bad is looked at again", ON_DISK, async () => {
  await withPart([0, 1], async (vader, file, sharing) => {
    assertEquals(await vader.replyTo({ verb: "bad", piece: 0 }), "400", "it was not sent");
    await vader.ask({ verb: "pieces", first: 0, count: 2 });
    assertEquals(await vader.replyTo({ verb: "bad", piece: 0 }), "200 0");
    assertEquals(await vader.replyTo({ verb: "bad", piece: 0 }), "400", "it was looked at");
    file.damaged.add(1);
    assertEquals(await vader.replyTo({ verb: "bad", piece: 1 }), "410");
    assertEquals([file.lost, sharing.changed], [[1], []]);
    assertEquals(await vader.replyTo({ verb: "pieces", first: 1, count: 1 }), "416");
    assertEquals(await vader.choice(1, 0), 0);
  });
});

Deno.test("a part is served from a file on the disk", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const path = await sharing.folder.write("a.part", FILE.content);
  const handle = await open(path, "r");
  const { id, size, layer } = FILE;
  sharing.unfinishedFiles.add({
    ...{ id, size, layer },
    has: (piece) => piece < 2,
    read: async (piece) => {
      const bytes = new Uint8Array(PIECE_BYTES);
      if (!await readPiece(handle, bytes, piece)) throw new Error("it is too short");
      return bytes;
    },
    lose: () => {},
  });
  const users = ["vader", "yoda", "chewy"];
  await Promise.all(users.map(async (user) => {
    using asker = await TransferAsker.connect(sharing, sharing.pass(user, id, size));
    const { records } = await asker.ask({ verb: "pieces", first: 0, count: 2 });
    assertEquals(piecesIn(FILE.content, records), [0, 1]);
    assertEquals(await asker.replyTo({ verb: "pieces", first: 1, count: 2 }), "416");
  }));
  await handle.close();
});
