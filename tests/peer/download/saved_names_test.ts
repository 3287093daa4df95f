/**
 * Under which name a file is saved: the one that was asked for, whatever others call it and whatever
 * an index says. Nothing of the user's is replaced that nobody asked for.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import { formatContent } from "../../../lib/protocol/content.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed } from "../../support/hashed.ts";
import { HostileSource } from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(5_000));

Deno.test("a file whose publisher is away is saved as it was asked for", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader");
  await using hans = await HostileSource.join(index, "hans", FILE);
  {
    await using yoda = await HostileSource.join(index, "yoda", FILE);
    await yoda.publish("report.pdf");
  }
  await hans.publish("run.sh");
  await vader.folder.write("run.sh", "mine");
  for (const force of [false, true]) {
    await vader.peer.get("report.pdf", { force });
    assertEquals(await vader.folder.names(), ["report.pdf", "run.sh"]);
    assertEquals(await Deno.readFile(vader.folder.pathOf("report.pdf")), FILE.content);
    assertEquals(await Deno.readTextFile(vader.folder.pathOf("run.sh")), "mine");
    await Deno.remove(vader.folder.pathOf("report.pdf"));
  }
});

Deno.test(
  "an index that calls everything otherwise steers nothing elsewhere",
  ON_DISK,
  async () => {
    await using index = new TestIndex();
    const { serve } = index.index;
    index.index.serve = (request, session, now) => {
      const reply = serve.call(index.index, request, session, now);
      return request.verb === "get" && !(reply instanceof Promise) ? renamed(reply) : reply;
    };
    await using vader = await TestPeer.join(index, "vader");
    await using hans = await HostileSource.join(index, "hans", FILE);
    await hans.publish("docs/a");
    await hans.publish("b");
    const { downloaded, failed } = await vader.peer.getTree("docs/");
    assertEquals([downloaded, failed], [["docs/a"], []]);
    await vader.peer.get("b");
    assertEquals(await vader.folder.names(), ["b", "docs"]);
  },
);

/** The same sources, with another name of their file. */
function renamed(reply: Reply | undefined): Reply | undefined {
  if (reply?.kind !== "sources") return reply;
  const sources = reply.sources.map((source) => {
    return { ...source, file: { ...source.file!, name: "elsewhere/x" } };
  });
  return { ...reply, sources };
}

Deno.test(
  "by its id a file is called as its publishers do, which is said before",
  ON_DISK,
  async () => {
    await using index = new TestIndex();
    await using vader = await TestPeer.join(index, "vader");
    await using hans = await HostileSource.join(index, "hans", FILE);
    await using yoda = await HostileSource.join(index, "yoda", FILE);
    await hans.publish("z.txt");
    await yoda.publish("b.txt");
    const notes: string[] = [];
    const onNote = (note: string) => void notes.push(note);
    const gotten = await vader.peer.get(FILE.id, { onNote });
    assertEquals([gotten.kind, gotten.kind === "downloaded" && gotten.name], [
      "downloaded",
      "b.txt",
    ]);
    assertEquals(notes.length, 1);
    assertStringIncludes(notes[0]!, 'Saving as "b.txt", as it is called by ');
    assertEquals(await vader.folder.names(), ["b.txt"]);
  },
);

Deno.test("a name that others chose replaces nothing, unless it is named", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader");
  await using hans = await HostileSource.join(index, "hans", FILE);
  await hans.publish("thesis.doc");
  await vader.folder.write("thesis.doc", "mine");
  for (const wanted of [FILE.id, FILE.id.slice(0, 8), formatContent(FILE)]) {
    const get = () => vader.peer.get(wanted, { force: true });
    const error = await assertRejects(get, BitTrickleError);
    assertEquals(error.code, "exists");
    assertStringIncludes(error.message, "--as");
    assertEquals(await Deno.readTextFile(vader.folder.pathOf("thesis.doc")), "mine");
  }
  await vader.peer.get(FILE.id, { force: true, as: "thesis.doc" });
  assertEquals(await Deno.readFile(vader.folder.pathOf("thesis.doc")), FILE.content);
  assertEquals((await vader.peer.get(FILE.id)).kind, "present");
});

Deno.test("who publishes a file called like an id does not take its place", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader");
  await using hans = await HostileSource.join(index, "hans", FILE);
  const other = hashed(someBytes(5_000, 2));
  await using yoda = await HostileSource.join(index, "yoda", other);
  await hans.publish("a");
  await yoda.publish(FILE.id);
  const choice = await vader.peer.get(FILE.id);
  assertEquals(choice.kind, "choices");
  await vader.peer.get(formatContent(FILE));
  assertEquals(await Deno.readFile(vader.folder.pathOf("a")), FILE.content);
});

Deno.test(
  "an index that answers with another content than was asked for is not believed",
  ON_DISK,
  async () => {
    await using index = new TestIndex();
    const { serve } = index.index;
    index.index.serve = (request, session, now) => {
      const asked = request.verb === "get" ? { ...request, name: "other" } : request;
      return serve.call(index.index, asked, session, now);
    };
    await using vader = await TestPeer.join(index, "vader");
    await using hans = await HostileSource.join(index, "hans", FILE);
    await hans.publish("other");
    for (const wanted of ["abab:5", `${FILE.id}:5`, `${"ab".repeat(32)}:5000`]) {
      assertEquals((await vader.peer.get(wanted)).kind, "nothing");
    }
    // It may be the name of a file, though nobody would have thought so.
    assertEquals((await vader.peer.get("ab".repeat(32))).kind, "choices");
    assertEquals(await vader.folder.names(), []);
  },
);
