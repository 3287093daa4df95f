/**
 * Files that change after they were published: nobody gets a mixture, and the source publishes anew.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { someBytes } from "../support/bytes.ts";
import { Member } from "../support/member.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TestIndex } from "../support/test_index.ts";
import { waitFor } from "../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

for (const size of [5_000, 1.5 * PIECE_BYTES]) {
  Deno.test(`a changed file of ${size} bytes is published anew`, ON_DISK, async () => {
    const changes: unknown[] = [];
    const onChanged = (name: string, error: unknown) => void changes.push([name, error]);
    await using index = new TestIndex();
    await using hans = await Member.join(index, "hans", { onChanged });
    await using vader = await Member.join(index, "vader", { stallMs: 5_000 });
    await hans.folder.write("a", someBytes(size));
    await hans.peer.pub("a");
    const changed = someBytes(size + 1, 2);
    await hans.folder.write("a", changed);

    const error = await assertRejects(() => vader.peer.get("a"), BitTrickleError);
    assertEquals(error.code, "not_found");
    // Whoever asks after it was published anew is told that the old content is not there any more.
    assertStringIncludes(error.message, "hans: ");
    await waitFor("the new publication", () => changes.length > 0);
    assertEquals(changes[0], ["a", undefined]);
    await vader.peer.get("a");
    assertEquals(await Deno.readFile(vader.folder.pathOf("a")), changed);
    assertEquals(await vader.folder.names(), ["a"]);
  });
}

Deno.test("a published file that is gone is told, with the reason", ON_DISK, async () => {
  const changes: unknown[] = [];
  await using index = new TestIndex();
  await using hans = await Member.join(index, "hans", {
    onChanged: (_, error) => void changes.push(error),
  });
  await using vader = await Member.join(index, "vader", { stallMs: 5_000 });
  await hans.folder.write("a", "a");
  await hans.peer.pub("a");
  await Deno.remove(hans.folder.pathOf("a"));
  const error = await assertRejects(() => vader.peer.get("a"), BitTrickleError);
  assertEquals(error.code, "not_found");
  await waitFor("the word of it", () => changes.length > 0);
  assertEquals((changes[0] as BitTrickleError).code, "not_found");
  assertEquals(await vader.folder.names(), []);
});
