/**
 * Twenty downloads at once from one peer. `deno task soak` does it with a file of 2 GiB.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { toStderr } from "../../lib/cli/write.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { ReferenceClient } from "../reference/plain_client.ts";
import { MIB, publishBigFile } from "../support/big_file.ts";
import { sha256Of } from "../support/bytes.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { askForFile } from "../support/plain_tcp.ts";

const IS_SOAK = MAY_RUN && Deno.env.get("BITTRICKLE_SOAK") === "1";
const FILE_MIB = IS_SOAK ? 2_048 : 128;
const DOWNLOADS = 20;
const POOL = 5;
const MOST_MEMORY_MIB = 150;
/** What a waiting download may have got by trickling, in bytes: far less than one that runs. */
const TRICKLED = 1_000;
/** What may still be in the sockets' buffers when the uploader has sent everything. */
const BUFFERED = 64 * MIB;

/** Downloads that share a count of how many of them are being sent. */
class Downloads {
  #sending = 0;
  mostSending = 0;

  /** Downloads `name` and returns the SHA-256 of what came, keeping nothing of it. */
  async fetch(source: Address, name: string): Promise<string> {
    const hash = createHash("sha256");
    using socket = await askForFile(source, name);
    const buffer = new Uint8Array(256 * 1_024);
    let size = 0;
    for (let n = await socket.read(buffer); n !== null; n = await socket.read(buffer)) {
      this.#count(size, size + n);
      size += n;
      hash.update(buffer.subarray(0, n));
    }
    return hash.digest("hex");
  }

  #count(before: number, after: number): void {
    const passes = (mark: number) => before <= mark && after > mark;
    if (passes(TRICKLED)) this.#sending++;
    if (passes(FILE_MIB * MIB - BUFFERED)) this.#sending--;
    this.mostSending = Math.max(this.mostSending, this.#sending);
  }
}

/** Peak resident memory of a process in MiB. Read by another program, as Deno guards `/proc`. */
async function peakMemoryMib(pid: number): Promise<number> {
  const cat = new Deno.Command("cat", { args: [`/proc/${pid}/status`] });
  const status = new TextDecoder().decode((await cat.output()).stdout);
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1_024;
}

Deno.test("twenty downloads at once: five at a time, all identical, little memory", {
  ignore: !MAY_RUN,
}, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await publishBigFile(hans, FILE_MIB);
  const source = await sourceOf(network, "big");

  const downloads = new Downloads();
  const started = performance.now();
  const copies = await Promise.all(
    Array.from({ length: DOWNLOADS }, () => downloads.fetch(source, "big")),
  );
  const seconds = (performance.now() - started) / 1_000;
  const original = await sha256Of(`${hans.folder}/big`);
  const memory = Deno.build.os === "linux" ? await peakMemoryMib(hans.shell.pid) : 0;

  assertEquals(copies, Array(DOWNLOADS).fill(original));
  assertEquals(downloads.mostSending, POOL);
  assert(memory < MOST_MEMORY_MIB, `the uploader took ${memory} MiB`);
  if (IS_SOAK) {
    const rate = Math.round(DOWNLOADS * FILE_MIB / seconds);
    await toStderr(`20 x ${FILE_MIB} MiB in ${Math.round(seconds)} s, ${rate} MiB/s, `);
    await toStderr(
      `at most ${downloads.mostSending} at once, uploader's peak ${Math.round(memory)} MiB\n`,
    );
  }
});

async function sourceOf(network: Network, name: string): Promise<Address> {
  const yoda = new ReferenceClient(network.port);
  await yoda.login("yoda", "pw-yoda");
  const [, hostname, port] = (await yoda.ask("get", name)).split(" ");
  await yoda.close();
  return { hostname: hostname!, port: Number(port) };
}
