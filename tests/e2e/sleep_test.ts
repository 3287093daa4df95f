/**
 * Machines that sleep, and links that are down for a while: a download goes on by itself as soon as
 * they are back, and no source is dropped. `deno task soak` lets them sleep for a minute.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { toStderr } from "../../lib/cli/write.ts";
import { MIB, publishBigFile } from "../support/big_file.ts";
import { sha256Of } from "../support/bytes.ts";
import { Network, type ShellUser } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { waitFor } from "../support/wait_for.ts";

const IS_SOAK = MAY_RUN && Deno.env.get("BITTRICKLE_SOAK") === "1";
const AS_PROCESSES = { ignore: !MAY_RUN || Deno.build.os === "windows" };
/** Longer than any connection may stall. */
const SLEEP_MS = IS_SOAK ? 60_000 : 12_000;
const DOWN_MS = IS_SOAK ? 20_000 : 12_000;
/** How soon after the return the download goes on. */
const BACK_MS = 5_000;
const FILE_MIB = IS_SOAK ? 40 : 24;
/** Slow enough for all of a download to take some seconds. */
const BYTES_PER_SECOND = 8 * MIB;
const DONE = "big downloaded successfully\n";

/** hans, who has a file, and vader, who is in the middle of fetching it, and whose messages do not include `unwanted`. */
async function withDownload(
  run: (network: RelayedNetwork, hans: ShellUser, vader: ShellUser) => Promise<void>,
  unwanted = "Going on without",
): Promise<void> {
  await using network = await RelayedNetwork.start({ bytesPerSecond: BYTES_PER_SECOND });
  const [hans, vader] = [await network.join("hans"), await network.join("vader")];
  await publishBigFile(hans, FILE_MIB);
  await vader.shell.type("get big");
  await network.at(FILE_MIB * MIB / 4, () => {});
  await run(network, hans, vader);
  await goesOn(network, vader);
  await vader.shell.shows(DONE, 30_000);
  assertEquals(await sha256Of(`${vader.folder}/big`), await sha256Of(`${hans.folder}/big`));
  assertEquals(vader.shell.stderr.includes(unwanted), false, vader.shell.stderr);
}

/** Makes sure that bytes arrive within the time that a return may take. */
async function goesOn(network: RelayedNetwork, { shell, folder }: ShellUser): Promise<void> {
  const began = performance.now();
  const before = network.sentBy("hans");
  const isDone = () => shell.stdout.includes(DONE);
  // More than what may have waited in sockets for a sleeper to read it.
  const moves = () => isDone() || network.sentBy("hans") > before + 2 * MIB;
  await waitFor("bytes", moves, BACK_MS).catch((error) => {
    throw new Error(`${error.message}\n${folder}: ${shell.stderr}`);
  });
  if (IS_SOAK) await toStderr(`goes on after ${Math.round(performance.now() - began)} ms\n`);
}

async function sleep({ shell }: { readonly shell: ShellUser["shell"] }): Promise<void> {
  shell.kill("SIGSTOP");
  // The outage itself, not a wait for something.
  await delay(SLEEP_MS);
  shell.kill("SIGCONT");
}

Deno.test(
  "a downloader that slept goes on, and names no source as the cause",
  AS_PROCESSES,
  async () => {
    await withDownload((_, __, vader) => sleep(vader), "hans");
  },
);

Deno.test("a download goes on when its source has slept", AS_PROCESSES, async () => {
  await withDownload((_, hans) => sleep(hans));
});

Deno.test("a download goes on when the network is back", AS_PROCESSES, async () => {
  await withDownload(async (network) => {
    network.index.lose = () => true;
    await network.at(0, () => delay(DOWN_MS));
    network.index.lose = () => false;
  });
});

Deno.test("a get that is begun while the server sleeps waits for it", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const [hans, vader] = [await network.join("hans"), await network.join("vader")];
  await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
  await hans.shell.ask("pub a.txt", "File published successfully\n");
  network.server.kill("SIGSTOP");
  await vader.shell.type("get a.txt");
  await delay(SLEEP_MS);
  assertStringIncludes(vader.shell.stderr, "does not answer any more");
  assertEquals(vader.shell.stdout.includes("downloaded"), false);
  network.server.kill("SIGCONT");
  await vader.shell.shows("a.txt downloaded successfully\n", BACK_MS);
});
