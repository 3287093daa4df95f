/**
 * The socket at which a server tells its status to its own user.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { askMetrics, askStatus } from "../../../lib/server/status/ask_status.ts";
import { StatusSocket } from "../../../lib/server/status/status_socket.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { SOME_STATUS } from "../../support/some_status.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const WITH_SOCKETS = { ignore: !MAY_USE_DISK || Deno.build.os === "windows" };
const SOURCE = { status: () => SOME_STATUS, metrics: () => Promise.resolve("up 1\n") };

/** All that comes at the socket after `text`. */
async function say(path: string, text: string): Promise<string> {
  using connection = await Deno.connect({ transport: "unix", path });
  await connection.write(new TextEncoder().encode(text));
  const buffer = new Uint8Array(65_536);
  let answer = "";
  for (let length; (length = await connection.read(buffer)) !== null;) {
    answer += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return answer;
}

/** Leaves a socket at `path` to which nobody listens, as a server that was killed does. */
async function leaveSocket(path: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path: `${path}-` });
  await Deno.rename(`${path}-`, path);
  listener.close();
}

Deno.test(
  "who asks is told the status, and the file is its owner's alone",
  WITH_SOCKETS,
  async () => {
    await using folder = await TempFolder.make();
    const path = folder.pathOf("a.sock");
    await using _ = await StatusSocket.open(path, SOURCE);
    assertEquals(await askStatus(path), SOME_STATUS);
    assertEquals(await askMetrics(path), "up 1\n");
    assertEquals((await Deno.lstat(path)).mode! & 0o777, 0o600);
    assertEquals(await folder.names(), ["a.sock"], "nothing else is left");
  },
);

Deno.test("an answer is one line, harmless on a terminal", WITH_SOCKETS, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.sock");
  await using _ = await StatusSocket.open(path, SOURCE);
  const answer = await say(path, "status\n");
  assertEquals(answer.match(/\p{Cc}|\p{Cf}/gu), ["\n"]);
  assertEquals(JSON.parse(answer), SOME_STATUS);
  for (const wrong of ["", "\n", "stop\n", "x".repeat(100_000)]) {
    using connection = await Deno.connect({ transport: "unix", path });
    await connection.write(new TextEncoder().encode(wrong)).catch(() => {});
    await connection.closeWrite().catch(() => {});
  }
  assertStringIncludes(await say(path, "stop\n"), '"type":"error"');
  assertEquals(await askStatus(path), SOME_STATUS, "it still answers");
});

Deno.test("the file is gone with its server", WITH_SOCKETS, async () => {
  await using folder = await TempFolder.make();
  await (await StatusSocket.open(folder.pathOf("a.sock"), SOURCE))[Symbol.asyncDispose]();
  assertEquals(await folder.names(), []);
});

Deno.test("one that says nothing keeps no server from its end", WITH_SOCKETS, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.sock");
  const socket = await StatusSocket.open(path, SOURCE);
  const silent = await Promise.all(Array.from({ length: 20 }, () => {
    return Deno.connect({ transport: "unix", path });
  }));
  const begun = performance.now();
  await socket[Symbol.asyncDispose]();
  assert(performance.now() - begun < 2_000, "it waits for who says nothing");
  for (const connection of silent) connection.close();
});

Deno.test("a socket of a server that was killed is replaced", WITH_SOCKETS, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.sock");
  await leaveSocket(path);
  await assertRejects(() => askStatus(path), BitTrickleError, "no server runs there");
  await using _ = await StatusSocket.open(path, SOURCE);
  assertEquals(await askStatus(path), SOME_STATUS);
});

Deno.test("a socket of another server is left alone", WITH_SOCKETS, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.sock");
  await using _ = await StatusSocket.open(path, SOURCE);
  await assertRejects(() => StatusSocket.open(path, SOURCE), BitTrickleError, "another server");
  assertEquals(await askStatus(path), SOME_STATUS);
});

Deno.test("what is no socket is left alone", WITH_SOCKETS, async () => {
  await using folder = await TempFolder.make();
  const file = await folder.write("file", "precious");
  const inside = await folder.makeFolder("inside");
  const link = folder.pathOf("link");
  await Deno.symlink(file, link);
  for (const path of [file, inside, link]) {
    await assertRejects(() => StatusSocket.open(path, SOURCE), BitTrickleError, "no socket");
  }
  assertEquals([await folder.names(), await Deno.readTextFile(file)], [
    ["file", "inside", "link"],
    "precious",
  ]);
});

Deno.test("a file that somebody else has put there meanwhile stays", WITH_SOCKETS, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.sock");
  const socket = await StatusSocket.open(path, SOURCE);
  await Deno.remove(path);
  await folder.write("a.sock", "precious");
  await socket[Symbol.asyncDispose]();
  assertEquals(await Deno.readTextFile(path), "precious");
});

Deno.test("where none can be made, it is said why", WITH_SOCKETS, async () => {
  await using folder = await TempFolder.make();
  const open = (name: string) => StatusSocket.open(folder.pathOf(name), SOURCE);
  await assertRejects(() => open("none/a.sock"), BitTrickleError, "Cannot tell the status");
  const long = await folder.makeFolder("x".repeat(120));
  await assertRejects(() => StatusSocket.open(`${long}/a`, SOURCE), BitTrickleError, "too long");
  await assertRejects(() => askStatus(`${long}/a`), BitTrickleError, "too long");
  assertEquals(await Array.fromAsync(Deno.readDir(long)), []);
});

Deno.test("what answers something else is not believed", WITH_SOCKETS, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.sock");
  for (const answer of ["hello", "null", '{"v":2,"type":"status"}', ""]) {
    using listener = Deno.listen({ transport: "unix", path });
    const asking = assertRejects(() => askStatus(path), BitTrickleError, "no BitTrickle server");
    using connection = await listener.accept();
    await connection.read(new Uint8Array(100));
    await connection.write(new TextEncoder().encode(answer));
    await connection.closeWrite();
    await asking;
  }
});

Deno.test(
  "a server that does not answer is not waited for without an end",
  WITH_SOCKETS,
  async () => {
    await using folder = await TempFolder.make();
    const path = folder.pathOf("a.sock");
    using listener = Deno.listen({ transport: "unix", path });
    const asking = assertRejects(() => askStatus(path, 50), BitTrickleError, "No answer");
    using _ = await listener.accept();
    await asking;
  },
);
