/**
 * Downloads that are broken off and go on where they were. `deno task soak` breaks each kind off at
 * twenty moments of 256 MiB.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { toStderr } from "../../lib/cli/write.ts";
import { PIECES_IN_FLIGHT } from "../../lib/peer/download/requests_in_flight.ts";
import { DOWNLOAD_CONNECTIONS } from "../../lib/protocol/download_limits.ts";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { MIB, publishBigFile } from "../support/big_file.ts";
import { sha256Of } from "../support/bytes.ts";
import { lastObject } from "../support/json_lines.ts";
import { MAY_RUN } from "../support/permission.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { seededRandom } from "../support/seeded.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const IS_SOAK = MAY_RUN && Deno.env.get("BITTRICKLE_SOAK") === "1";
const FILE_MIB = IS_SOAK ? 256 : 24;
const MOMENTS = IS_SOAK ? 20 : 1;
const SIZE = FILE_MIB * MIB;
/** What frames, hashes and handshakes add to a download. */
const OVERHEAD = 0.002 * SIZE + 64 * 1_024;
/** Bytes under way that a crash costs. */
const IN_FLIGHT = DOWNLOAD_CONNECTIONS * PIECES_IN_FLIGHT * PIECE_BYTES;
const DONE = "big downloaded successfully\n";
/** How long the index is away. */
const AWAY_MS = IS_SOAK ? 10_000 : 3_000;

/** Bytes after which to break a download off, all over the file. */
function moments(seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: MOMENTS }, () => Math.floor(random() * 0.98 * SIZE));
}

/** Makes sure that no more than two pieces of each connection were sent twice, and says how much. */
function assertLittleTwice(sent: number, breaks = 1): number {
  const twice = sent - SIZE;
  const most = breaks * IN_FLIGHT + (breaks + 1) * OVERHEAD;
  assert(twice <= most, `${twice} bytes were sent twice, and ${most} may be`);
  return twice;
}

async function report(what: string, twice: readonly number[]): Promise<void> {
  if (!IS_SOAK) return;
  const sum = twice.reduce((sum, bytes) => sum + bytes, 0) / twice.length;
  const [mean, most] = [sum, Math.max(...twice)].map((bytes) => (bytes / MIB).toFixed(1));
  await toStderr(`${what} at ${MOMENTS} moments of ${FILE_MIB} MiB: sent beyond the file `);
  await toStderr(`${mean} MiB on average, ${most} MiB at most\n`);
}

/** Makes sure that `folder` holds the file and nothing unfinished, and makes room for another. */
async function takeCopy(folder: string, original: string): Promise<void> {
  assertEquals(await sha256Of(`${folder}/big`), original);
  assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["big"]);
  await Deno.remove(`${folder}/big`);
}

Deno.test("a downloader that is killed goes on where it was", AS_PROCESSES, async () => {
  await using network = await RelayedNetwork.start();
  const hans = await network.join("hans");
  await publishBigFile(hans, FILE_MIB);
  const original = await sha256Of(`${hans.folder}/big`);
  const twice: number[] = [];
  for (const moment of moments(1)) {
    const before = network.sentBy();
    const vader = await network.begin("vader", "get", "big");
    await network.at(moment, () => vader.shell.kill("SIGKILL"));
    await vader.shell.ends();
    const again = await network.once("vader", "get", "big");
    assertEquals([again.code, again.stdout], [0, DONE], again.stderr);
    twice.push(assertLittleTwice(network.sentBy() - before));
    await takeCopy(vader.folder, original);
  }
  await report("downloader killed", twice);
});

Deno.test(
  "a download outlives its uploader, who is killed and comes back",
  AS_PROCESSES,
  async () => {
    await using network = await RelayedNetwork.start();
    let hans = await network.join("hans");
    await publishBigFile(hans, FILE_MIB);
    const original = await sha256Of(`${hans.folder}/big`);
    const vader = await network.join("vader");
    const twice: number[] = [];
    for (const moment of moments(2)) {
      const before = network.sentBy();
      await vader.shell.type("get big");
      await network.at(moment, () => hans.shell.kill("SIGKILL"));
      await hans.shell.ends();
      hans = await network.rejoin("hans");
      await hans.shell.warns("Serving again: big");
      await vader.shell.shows(DONE);
      twice.push(assertLittleTwice(network.sentBy() - before));
      await takeCopy(vader.folder, original);
    }
    await report("uploader killed", twice);
  },
);

Deno.test("a connection that is cut is made again", AS_PROCESSES, async () => {
  await using network = await RelayedNetwork.start();
  const hans = await network.join("hans");
  await publishBigFile(hans, FILE_MIB);
  const original = await sha256Of(`${hans.folder}/big`);
  const vader = await network.join("vader");
  const twice: number[] = [];
  for (const moment of moments(3)) {
    const before = network.sentBy();
    await vader.shell.type("get big");
    await network.at(moment, () => network.cut("hans"));
    await vader.shell.shows(DONE);
    twice.push(assertLittleTwice(network.sentBy() - before));
    await takeCopy(vader.folder, original);
  }
  await report("connections cut", twice);
});

Deno.test("what one source began another one ends", AS_PROCESSES, async () => {
  await using network = await RelayedNetwork.start();
  const hans = await network.join("hans");
  await publishBigFile(hans, FILE_MIB);
  const yoda = await network.client("yoda");
  await Deno.copyFile(`${hans.folder}/big`, `${yoda.folder}/copy`);
  const vader = await network.begin("vader", "get", "big");
  await network.at(SIZE / 2, () => {
    vader.shell.kill("SIGKILL");
    hans.shell.kill("SIGKILL");
  });
  await Promise.all([vader.shell.ends(), hans.shell.ends()]);
  const other = await network.rejoin("yoda");
  await other.shell.ask("pub copy", "File published successfully\n");
  const again = await network.once("vader", "get", "copy", "--as", "big", "--json");
  const { from, kept } = lastObject(again.stdout);
  assertEquals([again.code, from], [0, ["yoda"]]);
  assert(kept >= SIZE / 2 - IN_FLIGHT - PIECE_BYTES, `kept ${kept} bytes`);
  assertLittleTwice(network.sentBy());
  await takeCopy(vader.folder, await sha256Of(`${yoda.folder}/copy`));
});

Deno.test("a transfer goes on while the index is away", AS_PROCESSES, async () => {
  const bytesPerSecond = SIZE / (AWAY_MS / 1_000 + 2);
  await using network = await RelayedNetwork.start({ bytesPerSecond });
  const hans = await network.join("hans");
  await publishBigFile(hans, FILE_MIB);
  const vader = await network.join("vader");
  await vader.shell.type("get big");
  await network.at(SIZE / 8, () => network.index.lose = () => true);
  await network.at(SIZE / 2, () => network.cut("hans"));
  await vader.shell.shows(DONE);
  assertLittleTwice(network.sentBy());
  assertEquals(await sha256Of(`${vader.folder}/big`), await sha256Of(`${hans.folder}/big`));
});

Deno.test(
  "an uploader who is killed while the index is away is found later",
  AS_PROCESSES,
  async () => {
    await using network = await RelayedNetwork.start();
    let hans = await network.join("hans");
    await publishBigFile(hans, FILE_MIB);
    const vader = await network.join("vader");
    await vader.shell.type("get big");
    await network.at(SIZE / 2, () => {
      network.index.lose = () => true;
      hans.shell.kill("SIGKILL");
    });
    const wentAway = performance.now();
    await hans.shell.ends();
    await waitFor("the time to be over", () => performance.now() - wentAway > AWAY_MS, 2 * AWAY_MS);
    network.index.lose = () => false;
    hans = await network.rejoin("hans");
    await vader.shell.shows(DONE);
    assertLittleTwice(network.sentBy());
    await takeCopy(vader.folder, await sha256Of(`${hans.folder}/big`));
  },
);
