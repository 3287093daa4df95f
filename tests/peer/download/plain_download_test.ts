import { assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { BitTrickleError } from "../../../lib/errors.ts";
import {
  downloadPlain,
  type PlainDownloadOptions,
} from "../../../lib/peer/download/plain_download.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import type { DownloadState } from "../../../lib/peer/download/transfer_state.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestSource } from "../../support/plain_tcp.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

async function writeAll(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}

function targetIn(folder: TempFolder): Target {
  return new Target(folder.path, "a.txt");
}

async function failure(
  source: TestSource,
  folder: TempFolder,
  options: PlainDownloadOptions = {},
): Promise<string> {
  const download = () => downloadPlain("a.txt", source.address, targetIn(folder), options);
  const { code } = await assertRejects(download, BitTrickleError);
  assertEquals(await folder.names(), [], "a failed download leaves nothing");
  return code;
}

Deno.test("a download asks with the bare name and keeps every byte", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const content = someBytes(3_000_000);
  await using source = new TestSource((socket) => writeAll(socket, content));
  const seen: number[] = [];
  const onProgress = ({ bytes }: DownloadState) => seen.push(bytes);
  const size = await downloadPlain("a.txt", source.address, targetIn(folder), { onProgress });
  assertEquals([size, seen.at(-1)], [content.length, content.length]);
  assertEquals(source.asked, ["a.txt"]);
  assertEquals(await Deno.readFile(folder.pathOf("a.txt")), content);
});

Deno.test("a file that only begins like a refusal is a file", ON_DISK, async () => {
  for (const text of ["Error: File not found!", "Error: File not foun", "Error"]) {
    await using folder = await TempFolder.make();
    await using source = new TestSource((socket) =>
      writeAll(socket, new TextEncoder().encode(text))
    );
    await downloadPlain("a.txt", source.address, targetIn(folder));
    assertEquals(await Deno.readTextFile(folder.pathOf("a.txt")), text);
  }
});

Deno.test("a refusal is no file, even in two pieces", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await using source = new TestSource(async (socket) => {
    socket.setNoDelay(true);
    await writeAll(socket, new TextEncoder().encode("Error: File"));
    await writeAll(socket, new TextEncoder().encode(" not found"));
  });
  assertEquals(await failure(source, folder), "not_found");
});

Deno.test(
  "a file of another size than the index says is refused, whole or cut",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    await using source = new TestSource((socket) => writeAll(socket, someBytes(1_000)));
    assertEquals(await failure(source, folder, { size: 1_001 }), "network");
    assertEquals(await failure(source, folder, { size: 999 }), "network");
    assertEquals(
      await downloadPlain("a.txt", source.address, targetIn(folder), { size: 1_000 }),
      1_000,
    );
  },
);

Deno.test("a source that never ends is left as soon as it sends too much", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await using source = new TestSource(async (socket) => {
    for (;;) await writeAll(socket, new Uint8Array(100_000));
  });
  assertEquals(await failure(source, folder, { size: 150_000 }), "network");
});

Deno.test("a source that stalls is a time-out", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const released = Promise.withResolvers<void>();
  await using source = new TestSource(async (socket) => {
    await writeAll(socket, new Uint8Array(1_000));
    await released.promise;
  });
  assertEquals(await failure(source, folder, { stallMs: 50 }), "timeout");
  released.resolve();
});

Deno.test("a source that nobody is at any more is a network error", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const source = new TestSource(() => Promise.resolve());
  await source[Symbol.asyncDispose]();
  const address = source.address;
  const download = () => downloadPlain("a.txt", address, targetIn(folder));
  assertEquals((await assertRejects(download, BitTrickleError)).code, "network");
  assertEquals(await folder.names(), []);
});

Deno.test("a signal interrupts a download", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const stopping = new AbortController();
  const released = Promise.withResolvers<void>();
  await using source = new TestSource(async (socket) => {
    await writeAll(socket, new Uint8Array(1_000));
    await released.promise;
  });
  const options = { signal: stopping.signal, onProgress: () => stopping.abort() };
  assertEquals(await failure(source, folder, options), "interrupted");
  released.resolve();
});

Deno.test("a source that sends a byte now and then is left after a while", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await using source = new TestSource(async (socket) => {
    for (;;) {
      await writeAll(socket, Uint8Array.of(7));
      await delay(20);
    }
  });
  assertEquals(await failure(source, folder, { stallMs: 2_000, queueMs: 400 }), "timeout");
});
