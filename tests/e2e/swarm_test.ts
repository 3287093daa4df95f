/**
 * Several who fetch one file at once, as programs: they pass on to each other what they have.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { MIB, publishBigFile } from "../support/big_file.ts";
import { sha256Of } from "../support/bytes.ts";
import type { ShellUser } from "../support/clients.ts";
import { MAY_RUN } from "../support/permission.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const OTHERS = ["vader", "yoda", "chewy"] as const;
const SIZE_MIB = 24;
const SIZE = SIZE_MIB * MIB;
const DONE = "big downloaded successfully\n";
const LONG_MS = 60_000;
/** How long the folders are left alone between two looks: each of them reads all that is there. */
const LOOK_MS = 100;

/** A source with a slow line, and others who will fetch its file. */
class Setup implements AsyncDisposable {
  private constructor(
    readonly network: RelayedNetwork,
    readonly hans: ShellUser,
    readonly others: readonly ShellUser[],
  ) {}

  /** @param flags For each of the others. */
  static async make(flags: Readonly<Record<string, readonly string[]>> = {}): Promise<Setup> {
    const network = await RelayedNetwork.start();
    const hans = await network.join("hans", ["--limit-up", "3M"]);
    await publishBigFile(hans, SIZE_MIB);
    const others = OTHERS.map((user) => network.join(user, flags[user] ?? []));
    return new Setup(network, hans, await Promise.all(others));
  }

  /** Has all others fetch the file. */
  async begin(): Promise<void> {
    await Promise.all(this.others.map(({ shell }) => shell.type("get big")));
  }

  /** Waits until all have it, and makes sure that it is the same. */
  async finish(): Promise<void> {
    const original = await sha256Of(`${this.hans.folder}/big`);
    for (const { shell, folder } of this.others) {
      await shell.shows(DONE, LONG_MS);
      assertEquals(await sha256Of(`${folder}/big`), original);
    }
  }

  /** Waits until each piece of the file has come to somebody. */
  async piecesAreOut(): Promise<void> {
    const original = await Deno.readFile(`${this.hans.folder}/big`);
    await waitFor("all pieces", () => this.#isAllThere(original), LONG_MS, LOOK_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network[Symbol.asyncDispose]();
  }

  async #isAllThere(original: Uint8Array): Promise<boolean> {
    const copies = await Promise.all(this.others.map(({ folder }) => readPart(folder)));
    return Array.from({ length: SIZE_MIB }, (_, i) => [i * MIB, (i + 1) * MIB]).every((at) => {
      const piece = original.subarray(...at);
      return copies.some((copy) => Buffer.compare(copy.subarray(...at), piece) === 0);
    });
  }
}

/** What has come to `folder` so far. */
async function readPart(folder: string): Promise<Uint8Array> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const name = names.find((name) => name === "big" || name.endsWith(".part"));
  const content = name && await Deno.readFile(`${folder}/${name}`).catch(() => undefined);
  return content || new Uint8Array();
}

Deno.test("three who fetch at once take little more than one copy", AS_PROCESSES, async () => {
  await using setup = await Setup.make();
  await setup.begin();
  await setup.finish();
  const copies = setup.network.sentBy("hans") / SIZE;
  assert(copies < 1.7, `the source sent ${copies.toFixed(2)} copies`);
});

Deno.test(
  "all finish when the source dies after each piece has left it",
  AS_PROCESSES,
  async () => {
    await using setup = await Setup.make();
    await setup.begin();
    await setup.piecesAreOut();
    setup.hans.shell.kill("SIGKILL");
    await setup.finish();
  },
);

Deno.test("--no-swarm serves nobody", AS_PROCESSES, async () => {
  await using setup = await Setup.make({ vader: ["--no-swarm"], yoda: ["--no-swarm"] });
  await setup.begin();
  await setup.finish();
  const sent = (["vader", "yoda"] as const).map((user) => setup.network.sentBy(user));
  assertEquals(sent, [0, 0]);
});
