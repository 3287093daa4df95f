import { assert, assertEquals, assertMatch } from "@std/assert";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { failureOf } from "../../support/failures.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

/** What is told of publishing a folder. */
interface Told {
  readonly bytes: number;
  readonly done: number;
  readonly all: number;
}

async function publish(peer: TestPeer): Promise<Told[]> {
  const told: Told[] = [];
  await peer.peer.pubTree("t", { onProgress: (bytes, files) => told.push({ bytes, ...files }) });
  return told;
}

Deno.test("publishing a folder tells bytes that were read, and files", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await hans.folder.makeFolder("t");
  const sizes = [3 * PIECE_BYTES, 2 * PIECE_BYTES, 10];
  for (const [i, size] of sizes.entries()) await hans.folder.write(`t/${i}`, someBytes(size));
  const told = await publish(hans);
  assertEquals(told.at(-1), { bytes: 5 * PIECE_BYTES + 10, done: 3, all: 3 });
  for (const key of ["bytes", "done"] as const) {
    const values = told.map((it) => it[key]);
    assertEquals(values, values.toSorted((a, b) => a - b));
  }
  assert(told.some(({ bytes, done }) => bytes > 0 && done === 0));
});

Deno.test("so does one of many small files", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await hans.folder.makeFolder("t");
  for (let i = 0; i < 100; i++) await hans.folder.write(`t/${i}`, `file ${i}`);
  const told = await publish(hans);
  assertEquals([told.at(-1)?.done, told.at(-1)?.all], [100, 100]);
});

Deno.test("publishing many files is interrupted, and says how far it came", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await hans.folder.makeFolder("t");
  const names = Array.from({ length: 600 }, (_, i) => `t/${i}`);
  await Promise.all(names.map((name) => hans.folder.write(name, name)));
  const stopping = new AbortController();
  const onProgress = () => stopping.abort();
  for (const signal of [AbortSignal.abort(), stopping.signal]) {
    const error = await failureOf(() => hans.peer.pubTree("t", { signal, onProgress }));
    assertEquals(error.code, "interrupted");
    assertMatch(error.message, /^interrupted \(\d+ of 600 files were published before\)$/);
  }
});
