/**
 * Sources that keep to the rules and bring nothing: they hold up nobody who has another source.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed } from "../../support/hashed.ts";
import {
  busyUntil,
  drip,
  HostileSource,
  onPieces,
  type Script,
} from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

const SLOW: Readonly<Record<string, Script>> = {
  "has a queue that never moves": busyUntil(() => false),
  "sends pieces byte by byte": onPieces(drip),
};

for (const [title, script] of Object.entries(SLOW)) {
  for (const size of [1_000, 2.5 * PIECE_BYTES]) {
    Deno.test(
      `a source that ${title} does not delay the download of ${size} bytes`,
      ON_DISK,
      async () => {
        const file = hashed(someBytes(size));
        await using index = new TestIndex();
        await using vader = await TestPeer.join(index, "vader", { stallMs: 5_000 });
        await using yoda = await HostileSource.join(index, "yoda", file, { script });
        const whenAsked = { script: busyUntil(() => yoda.asked.length > 0) };
        await using hans = await HostileSource.join(index, "hans", file, whenAsked);
        for (const source of [yoda, hans]) await source.publish("a");
        await vader.peer.get("a");
        assertEquals(await Deno.readFile(vader.folder.pathOf("a")), file.content);
      },
    );
  }
}
