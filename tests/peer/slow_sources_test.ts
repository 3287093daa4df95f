/**
 * Sources that keep to the rules and bring nothing: they hold up nobody who has another source.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { assertEquals } from "@std/assert";
import { TAG_BYTES } from "../../lib/protocol/box.ts";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { someBytes } from "../support/bytes.ts";
import { hashed } from "../support/hashed.ts";
import { busyUntil, HostileSource, onPieces, type Script } from "../support/hostile_source.ts";
import { Member } from "../support/member.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TestIndex } from "../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

/** One byte of a piece now and then. */
const drip: Script = async ({ connection, reply, records }) => {
  await reply("200 1");
  const header = new Uint8Array(4);
  new DataView(header.buffer).setUint32(0, records[0]!.length + TAG_BYTES);
  await connection.write(header);
  for (;;) {
    await connection.write(new Uint8Array(1));
    await delay(20);
  }
};

const SLOW: Readonly<Record<string, Script>> = {
  "has a queue that never moves": busyUntil(() => false),
  "sends pieces byte by byte": onPieces(drip),
};

for (const [title, script] of Object.entries(SLOW)) {
  for (const size of [1_000, 2.5 * PIECE_BYTES]) {
    Deno.test(`a source that ${title} does not hold up ${size} bytes`, ON_DISK, async () => {
      const file = hashed(someBytes(size));
      await using index = new TestIndex();
      await using vader = await Member.join(index, "vader", { stallMs: 5_000 });
      await using yoda = await HostileSource.join(index, "yoda", file, { script });
      const whenAsked = { script: busyUntil(() => yoda.asked.length > 0) };
      await using hans = await HostileSource.join(index, "hans", file, whenAsked);
      for (const source of [yoda, hans]) await source.publish("a");
      await vader.peer.get("a");
      assertEquals(await Deno.readFile(vader.folder.pathOf("a")), file.content);
    });
  }
}
