/**
 * Empty files, of which there is only one content: nobody needs to be asked for that.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Connection } from "../../../lib/net/connection.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import { hashed } from "../../support/hashed.ts";
import { HostileSource } from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const EMPTY = hashed(new Uint8Array());
const FILES = 300;

Deno.test("empty files come without their source, and name few of many", ON_DISK, async () => {
  await using index = new TestIndex();
  let named = 0;
  const { serve } = index.index;
  index.index.serve = (request, session, now) => {
    const reply = serve.call(index.index, request, session, now);
    if (request.verb === "get") named += countSources(reply as Reply);
    return reply;
  };
  await using vader = await TestPeer.join(index, "vader");
  let greeted = 0;
  const greet = (it: Connection) => {
    greeted++;
    return Promise.resolve(it.close());
  };
  await using hans = await HostileSource.join(index, "hans", EMPTY, { greet });
  for (let i = 0; i < FILES; i++) await hans.publish(`t/${i}`);
  const { downloaded, failed, bytes } = await vader.peer.getTree("t/");
  assertEquals([downloaded.length, failed, bytes], [FILES, [], 0]);
  assertEquals((await Deno.stat(vader.folder.pathOf("t/7"))).size, 0);
  assertEquals(named, FILES, "one source for each");
  assertEquals(greeted, 0);
});

function countSources(reply: Reply): number {
  return reply.kind === "sources" ? reply.sources.length : 0;
}
