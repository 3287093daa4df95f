/**
 * What a downloader hears of queues.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { someBytes } from "../../support/bytes.ts";
import { hashed } from "../../support/hashed.ts";
import { HostileSource, onPieces, type Script } from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";
import { waitFor } from "../../support/wait_for.ts";

Deno.test("the foremost place in a queue is heard until a source sends", {
  ignore: !MAY_USE_DISK,
}, async () => {
  const file = hashed(someBytes(1_000));
  let told = 0;
  const busy: Script = async ({ reply }) => {
    for (;; await delay(5)) await reply(`429 ${++told}`);
  };
  const mayBegin = Promise.withResolvers<void>();
  const slow = onPieces(async ({ reply, stream, records }) => {
    await mayBegin.promise;
    await reply("200 1");
    await stream.send(...records);
  });
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", { stallMs: 10_000 });
  await using yoda = await HostileSource.join(index, "yoda", file, { script: busy });
  await using hans = await HostileSource.join(index, "hans", file, { script: slow });
  for (const source of [yoda, hans]) await source.publish("a");
  const heard: string[] = [];
  const getting = vader.peer.get("a", {
    onProgress: ({ phase, queue }) => heard.push(queue ? `${phase} ${queue.user}` : phase),
  });
  await waitFor("places", () => heard.length >= 4 && hans.asked.length > 0);
  assertEquals(new Set(heard), new Set(["connecting", "waiting yoda"]));
  mayBegin.resolve();
  await getting;
  assertEquals(heard.slice(-2), ["downloading", "finishing"]);
});
