/**
 * Links that are down for a while, between hosts of their own: what TCP lost meanwhile it would send
 * again much later than a download should go on.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { toStderr } from "../../lib/cli/write.ts";
import { MIB, publishBigFile } from "../support/big_file.ts";
import { sha256Of } from "../support/bytes.ts";
import { type HostedUser, NamespacedNetwork } from "../support/namespaced_network.ts";
import { CAN_MAKE_NAMESPACES } from "../support/namespaces.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const ON_HOSTS = { ignore: !CAN_MAKE_NAMESPACES };
const IS_SOAK = MAY_RUN && Deno.env.get("BITTRICKLE_SOAK") === "1";
/** Moments at which the retransmissions of TCP are rarer and rarer. */
const DOWN_MS = IS_SOAK ? [4_000, 7_000, 12_000, 20_000, 40_000] : [12_000];
/** How soon after the return the download goes on. */
const BACK_MS = 5_000;
/** Slow enough for all of a download to take some seconds. */
const MEGABITS = 60;
const FILE_MIB = IS_SOAK ? 60 : 24;
const DONE = "big downloaded successfully\n";

/** Bytes of the download that are on vader's disk, whatever it is called meanwhile. */
async function bytesAt({ folder }: HostedUser): Promise<number> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const paths = names.filter((name) => name.includes("big")).map((name) => `${folder}/${name}`);
  const infos = await Promise.all(paths.map((path) => Deno.stat(path).catch(() => undefined)));
  return Math.max(0, ...infos.map((info) => (info?.blocks ?? 0) * 512));
}

/** How soon more of a download comes after `happens`, in which its connections are lost. */
async function resumes(
  network: NamespacedNetwork,
  happens: (downloader: HostedUser, source: HostedUser) => Promise<void>,
): Promise<void> {
  const hans = await network.join("hans", { answer: "No active peers" });
  const vader = await network.join("vader");
  await hans.host.limit(MEGABITS);
  await publishBigFile(hans, FILE_MIB);
  await vader.shell.type("get big");
  await waitFor("some of it", async () => await bytesAt(vader) > 4 * MIB);
  await happens(vader, hans);
  const before = await bytesAt(vader);
  const began = performance.now();
  await waitFor("more of it", async () => await bytesAt(vader) > before, BACK_MS);
  if (IS_SOAK) await toStderr(`goes on after ${Math.round(performance.now() - began)} ms\n`);
  await vader.shell.shows(DONE, 40_000);
  assertEquals(await sha256Of(`${vader.folder}/big`), await sha256Of(`${hans.folder}/big`));
  assertEquals(vader.shell.stderr.includes("Going on without"), false, vader.shell.stderr);
}

for (const who of ["downloader", "source"] as const) {
  Deno.test(`a download goes on when its ${who} gets another address`, ON_HOSTS, async () => {
    await using network = await NamespacedNetwork.start({ users: ["hans", "vader"] });
    await resumes(network, async (downloader, source) => {
      await (who === "source" ? source : downloader).host.move();
    });
  });

  for (const ms of DOWN_MS) {
    Deno.test(`a download goes on when its ${who} was off for ${ms} ms`, ON_HOSTS, async () => {
      await using network = await NamespacedNetwork.start({ users: ["hans", "vader"] });
      await resumes(network, async (downloader, source) => {
        const { host } = who === "source" ? source : downloader;
        await host.unplug();
        // The outage itself, not a wait for something.
        await delay(ms);
        await host.plug();
      });
    });
  }
}
