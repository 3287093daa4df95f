import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ReferenceClient } from "../reference/plain_client.ts";
import { beginUpload, BIG } from "../support/begun_upload.ts";
import { someBytes } from "../support/bytes.ts";
import { Network, type ShellUser } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { readAll, TestSource } from "../support/plain_tcp.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** Publishes a big file and begins to download it in clear, so that one upload runs. */
async function publishAndUpload(network: Network, hans: ShellUser): Promise<Deno.TcpConn> {
  await Deno.writeFile(`${hans.folder}/big`, someBytes(BIG));
  await hans.shell.ask("pub big", "File published successfully\n");
  return await beginUpload(network.port, "big");
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name);
}

Deno.test("xit, the end of input and Ctrl-C say good-bye", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const [hans, vader, yoda] = [
    await network.join("hans"),
    await network.join("vader"),
    await network.join("yoda"),
  ];
  await hans.shell.type("xit");
  await vader.shell.endInput();
  yoda.shell.kill("SIGINT");
  assertEquals([await hans.shell.ends(), await vader.shell.ends(), await yoda.shell.ends()], [
    0,
    0,
    130,
  ]);
  for (const { shell } of [hans, vader, yoda]) assert(shell.stdout.endsWith("Goodbye!\n"));
});

Deno.test("an upload that runs is finished before its user is gone", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const socket = await publishAndUpload(network, hans);
  await hans.shell.type("xit");
  await hans.shell.warns("Waiting 5 s at most");
  assertEquals((await readAll(socket)).length, BIG - 1);
  assertEquals(await hans.shell.ends(), 0);
  assert(!hans.shell.stderr.includes("Cut off"));
});

Deno.test("an upload that nobody reads is cut off after five seconds", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const socket = await publishAndUpload(network, hans);
  const started = performance.now();
  await hans.shell.type("xit");
  assertEquals(await hans.shell.ends(), 0);
  const seconds = (performance.now() - started) / 1_000;
  assert(seconds >= 5 && seconds < 8, `took ${seconds} s`);
  assertStringIncludes(hans.shell.stderr, "Cut off: 1 running upload");
  socket.close();
});

/** Presses Ctrl-C. Returns false if nobody is there any more. */
function interrupt({ shell }: ShellUser): boolean {
  try {
    shell.kill("SIGINT");
    return true;
  } catch {
    return false;
  }
}

Deno.test("a second Ctrl-C ends at once", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const socket = await publishAndUpload(network, hans);
  const started = performance.now();
  hans.shell.kill("SIGINT");
  await hans.shell.warns("Waiting 5 s at most");
  // One that follows the first too soon counts as the same.
  await waitFor("the end", () => !interrupt(hans));
  assertEquals(await hans.shell.ends(), 130);
  assert(performance.now() - started < 4_000);
  socket.close();
});

Deno.test("Ctrl-C during a download leaves nothing of it", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const released = Promise.withResolvers<void>();
  await using source = new TestSource(async (socket) => {
    await socket.write(new Uint8Array(1_000));
    await released.promise;
  });
  const yoda = new ReferenceClient(network.port);
  await yoda.login("yoda", "pw-yoda", source.address.port);
  await yoda.ask("pub", "slow");
  const hans = await network.join("hans");
  await hans.shell.type("get slow");
  await waitFor("the part file", () => namesIn(hans.folder).includes(".slow.part"));
  hans.shell.kill("SIGINT");
  assertEquals(await hans.shell.ends(), 130);
  assertEquals(namesIn(hans.folder), []);
  released.resolve();
  await yoda.close();
});

Deno.test("the server stops on SIGTERM, and its log is whole", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await network.once("hans", "lap");
  network.server.kill("SIGTERM");
  assertEquals(await network.server.ends(), 0);
  const lines = network.server.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.at(-1).event, "stopping");
});
