import { assert, assertEquals } from "@std/assert";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { askForFile, fetchPlain, readAll } from "../../support/plain_tcp.ts";
import { TestUploads } from "../../support/test_uploads.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const REFUSAL = "Error: File not found";
/** More than both sockets' buffers hold, so that an upload that nobody reads stays running. */
const BIG = someBytes(16_000_000);

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("a published file is sent whole, and the connection closed", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  await sharing.share("big", BIG);
  await sharing.share("empty", "");
  assertEquals(await fetchPlain(sharing.plainAddress, "big"), BIG);
  assertEquals(await fetchPlain(sharing.plainAddress, "empty"), new Uint8Array());
});

Deno.test(
  "what is not among the shared files is not served, whatever the folder holds",
  ON_DISK,
  async () => {
    await using sharing = await TestUploads.open();
    await sharing.folder.write("private.txt", "secret");
    await sharing.share("gone.txt", "x");
    await Deno.remove(sharing.folder.pathOf("gone.txt"));
    const path = sharing.folder.pathOf("private.txt");
    for (const name of ["private.txt", "gone.txt", path, "../x", "\0", "x".repeat(2_000)]) {
      assertEquals(textOf(await fetchPlain(sharing.plainAddress, name)), REFUSAL);
    }
  },
);

Deno.test("a published file that became a link is not served", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const secret = await sharing.folder.write("secret", "s");
  await sharing.share("a.txt", "a");
  await Deno.remove(sharing.folder.pathOf("a.txt"));
  await Deno.symlink(secret, sharing.folder.pathOf("a.txt"));
  assertEquals(textOf(await fetchPlain(sharing.plainAddress, "a.txt")), REFUSAL);
});

Deno.test(
  "a name that comes in two pieces, or with an end of line, is understood",
  ON_DISK,
  async () => {
    await using sharing = await TestUploads.open();
    await sharing.share("long-name.txt", "content");
    assertEquals(textOf(await fetchPlain(sharing.plainAddress, "long-name.txt\r\n")), "content");
    const socket = await askForFile(sharing.plainAddress, "long-");
    socket.setNoDelay(true);
    await socket.write(new TextEncoder().encode("name.txt"));
    assertEquals(textOf(await readAll(socket)), "content");
  },
);

Deno.test("five uploads run, the others wait, and all are served", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  await sharing.share("big", BIG);
  const { uploads } = sharing;
  const ask = () => askForFile(sharing.plainAddress, "big");
  const sockets = await Promise.all(Array.from({ length: 20 }, ask));
  await waitFor("all to be heard", () => uploads.running + uploads.waiting === 20);
  assertEquals([uploads.running, uploads.waiting], [5, 15]);
  for (const copy of await Promise.all(sockets.map(readAll))) assertEquals(copy, BIG);
  await waitFor("the pool to be empty", () => uploads.running + uploads.waiting === 0);
});

Deno.test("a waiting upload trickles, and is complete at the end", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ trickleMs: 5 });
  await sharing.share("big", BIG);
  await sharing.share("small", "trickled");
  const blockers = await Promise.all(
    Array.from({ length: 5 }, () => askForFile(sharing.plainAddress, "big")),
  );
  await waitFor("the pool to be full", () => sharing.uploads.running === 5);
  const waiting = await askForFile(sharing.plainAddress, "small");
  const first = new Uint8Array(1);
  await waiting.read(first);
  assertEquals(textOf(first), "t");
  assertEquals(sharing.uploads.waiting, 1);
  for (const blocker of blockers) blocker.close();
  assertEquals(textOf(await readAll(waiting)), "rickled");
});

Deno.test("a burst of two hundred downloaders is served whole", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  await sharing.share("small", "content");
  const copies = await Promise.all(
    Array.from({ length: 200 }, () => fetchPlain(sharing.plainAddress, "small")),
  );
  assertEquals(copies.map(textOf), Array(200).fill("content"));
});

Deno.test("small and empty files do not wait behind a full pool for ever", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ trickleMs: 5 });
  await sharing.share("big", BIG);
  await sharing.share("empty", "");
  await sharing.share("small", "abc");
  const ask = () => askForFile(sharing.plainAddress, "big");
  const blockers = await Promise.all(Array.from({ length: 5 }, ask));
  await waitFor("the pool to be full", () => sharing.uploads.running === 5);
  assertEquals(textOf(await fetchPlain(sharing.plainAddress, "empty")), "");
  assertEquals(textOf(await fetchPlain(sharing.plainAddress, "small")), "abc");
  assertEquals([sharing.uploads.running, sharing.uploads.waiting], [5, 0]);
  for (const blocker of blockers) blocker.close();
});

Deno.test("downloaders that left give up their place in the queue", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ trickleMs: 5 });
  await sharing.share("big", BIG);
  const ask = () => askForFile(sharing.plainAddress, "big");
  const sockets = await Promise.all(Array.from({ length: 20 }, ask));
  const { uploads } = sharing;
  await waitFor("all to be heard", () => uploads.running + uploads.waiting === 20);
  for (const socket of sockets) socket.close();
  await waitFor("the queue to be empty", () => uploads.running + uploads.waiting === 0);
});

Deno.test("a downloader that takes nothing loses its place", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ stallMs: 50 });
  await sharing.share("big", BIG);
  const socket = await askForFile(sharing.plainAddress, "big");
  await waitFor("the upload", () => sharing.uploads.running === 1);
  await waitFor("the place to be free", () => sharing.uploads.running === 0);
  socket.close();
});

Deno.test("a peer that never asks is closed and takes no place", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ askMs: 20 });
  const { hostname, port } = sharing.plainAddress;
  const socket = await Deno.connect({ hostname, port });
  assertEquals(await readAll(socket), new Uint8Array());
});

Deno.test("close() lets a running upload finish", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  await sharing.share("big", BIG);
  const socket = await askForFile(sharing.plainAddress, "big");
  await waitFor("the upload", () => sharing.uploads.running === 1);
  const closing = sharing.uploads.close(10_000);
  assertEquals((await readAll(socket)).length, BIG.length);
  assertEquals(await closing, 0);
});

Deno.test("close() cuts off what takes too long and turns away what waits", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  await sharing.share("big", BIG);
  const running = await Promise.all(
    Array.from({ length: 5 }, () => askForFile(sharing.plainAddress, "big")),
  );
  await waitFor("the pool to be full", () => sharing.uploads.running === 5);
  const waiting = await askForFile(sharing.plainAddress, "big");
  await waitFor("the queue", () => sharing.uploads.waiting === 1);
  assertEquals(await sharing.uploads.close(50), 5);
  assertEquals(textOf(await readAll(waiting)), REFUSAL);
  for (const socket of running) assert((await readAll(socket)).length < BIG.length);
});
