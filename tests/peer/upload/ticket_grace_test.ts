/**
 * How long a ticket that was shown in time covers requests: a download outlives a silent index, and one
 * of a user who was disabled ends soon.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { ConnectionPool, type SealedSource } from "../../../lib/peer/download/connection_pool.ts";
import { download } from "../../../lib/peer/download/download.ts";
import { PartialDownload } from "../../../lib/peer/download/partial_download.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import { PIECE_BYTES, TICKET_GRACE_MS, TICKET_MS } from "../../../lib/protocol/limits.ts";
import { HASHER } from "../../support/hashed.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { authority, TestUploads } from "../../support/test_uploads.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const CONTENT = someBytes(24 * PIECE_BYTES);

async function refusal(run: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(run, BitTrickleError)).code;
}

Deno.test(
  "a ticket covers requests until 5 minutes after its end, and not longer",
  ON_DISK,
  async () => {
    let now = 0;
    await using sharing = await TestUploads.open({ now: () => now });
    const { id } = await sharing.share("a", CONTENT);
    const pass = sharing.pass("vader", id);
    using connection = await sharing.connect(pass);
    const piece = (ticket: string) => connection.piece(0, PIECE_BYTES, ticket);
    for (now of [0, TICKET_MS, TICKET_MS + TICKET_GRACE_MS]) {
      assertEquals((await piece(pass.ticket)).length, PIECE_BYTES);
    }
    now++;
    assertEquals(await refusal(() => piece(pass.ticket)), "refused");
    assertEquals(await refusal(() => connection.layer(CONTENT.length, pass.ticket)), "refused");
    const next = sharing.pass("vader", id);
    assertEquals(
      (await piece(next.ticket)).length,
      PIECE_BYTES,
      "a new one goes on where it ended",
    );
  },
);

/** A download of `CONTENT` from one source whose clock is far ahead after the first piece. */
async function downloadSlowly(find: (pass: () => SealedSource) => Promise<SealedSource[]>) {
  let now = 0;
  await using sharing = await TestUploads.open({ now: () => now });
  await using folder = await TempFolder.make();
  const { id } = await sharing.share("a", CONTENT);
  const { address } = sharing;
  const source = (): SealedSource => {
    return { user: "hans", address, pass: sharing.pass("vader", id), since: performance.now() };
  };
  using connections = new ConnectionPool({ stallMs: 10_000, authority });
  const target = new Target(folder.path, "b");
  const wanted = { id, size: CONTENT.length };
  const open = PartialDownload.into(target, wanted, HASHER);
  await download({ open, wanted, connections, find: () => find(source) }, [source()], {
    patienceMs: 2_000,
    onProgress: ({ bytes }) => {
      if (bytes >= PIECE_BYTES) now = TICKET_MS + TICKET_GRACE_MS + 1;
    },
  });
  assertEquals(await Deno.readFile(target.path), CONTENT);
}

Deno.test(
  "a download that takes longer than its ticket goes on with the next",
  ON_DISK,
  async () => {
    await downloadSlowly((source) => Promise.resolve([source()]));
  },
);

Deno.test("the download of a user who is let in no more ends, and says why", ON_DISK, async () => {
  const refused = new BitTrickleError("login_refused", "Authentication failed. Please try again.");
  const error = await assertRejects(
    () => downloadSlowly(() => Promise.reject(refused)),
    BitTrickleError,
  );
  assert(["login_refused", "refused"].includes(error.code), error.message);
});
