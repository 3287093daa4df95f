/**
 * One download from several sources, each behind a line of its own that carries so much and no more.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { toStderr } from "../../lib/cli/write.ts";
import { MIB, publishBigFile } from "../support/big_file.ts";
import { sha256Of } from "../support/bytes.ts";
import type { ShellUser } from "../support/clients.ts";
import { MAY_RUN } from "../support/permission.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const IS_SOAK = MAY_RUN && Deno.env.get("BITTRICKLE_SOAK") === "1";
const SOURCES = ["hans", "yoda", "chewy", "leia"] as const;
const USERS = [...SOURCES, "vader"];
/** What one source can send: slow enough for any machine to have time for several. */
const BYTES_PER_SECOND = 6 * MIB;
const DONE = "big downloaded successfully\n";

/** A file of `mib` MiB, sources that have it, and one who wants it. */
class Setup implements AsyncDisposable {
  private constructor(
    readonly network: RelayedNetwork,
    readonly mib: number,
    readonly sources: readonly ShellUser[],
    readonly vader: ShellUser,
  ) {}

  static async make(count: number, mib: number): Promise<Setup> {
    const network = await RelayedNetwork.start({ users: USERS, bytesPerSecond: BYTES_PER_SECOND });
    const users = [...SOURCES.slice(0, count), "vader"];
    const members = await Promise.all(users.map((user) => network.join(user)));
    const [vader, ...sources] = [members.pop()!, ...members];
    await Promise.all(sources.map((source) => publishBigFile(source, mib)));
    return new Setup(network, mib, sources, vader);
  }

  get size(): number {
    return this.mib * MIB;
  }

  /** Waits for the end of the download, and makes sure that the file is the same. */
  async finish(): Promise<void> {
    await this.vader.shell.shows(DONE, 30_000);
    const copy = await sha256Of(`${this.vader.folder}/big`);
    assertEquals(copy, await sha256Of(`${this.sources[0]!.folder}/big`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network[Symbol.asyncDispose]();
  }
}

Deno.test("three sources are almost three times as fast as one can be", AS_PROCESSES, async () => {
  await using setup = await Setup.make(3, 72);
  const started = performance.now();
  await setup.vader.shell.ask("get big", DONE);
  const together = (performance.now() - started) / 1_000;
  const ratio = setup.size / BYTES_PER_SECOND / together;
  if (IS_SOAK) await toStderr(`three sources: ${ratio.toFixed(2)} times one\n`);
  assert(ratio >= 2.7, `only ${ratio} times`);
});

Deno.test("four sources all send their share", AS_PROCESSES, async () => {
  await using setup = await Setup.make(4, 24);
  await setup.vader.shell.type("get big");
  await setup.finish();
  const least = Math.min(...SOURCES.map((user) => setup.network.sentBy(user)));
  assert(least > setup.size / 8, `one sent ${least} bytes`);
});

for (const signal of ["SIGSTOP", "SIGKILL"] as const) {
  Deno.test(`one of three sources ends by ${signal}, the others go on`, AS_PROCESSES, async () => {
    await using setup = await Setup.make(3, 24);
    await setup.vader.shell.type("get big");
    await setup.network.at(setup.size / 2, () => setup.sources[2]!.shell.kill(signal));
    await setup.finish();
    assertEquals(setup.vader.shell.stderr.includes("Cannot"), false);
  });
}

Deno.test("a source that appears during a download joins in", AS_PROCESSES, async () => {
  await using setup = await Setup.make(1, 48);
  const chewy = await setup.network.join("chewy");
  await setup.vader.shell.type("get big");
  await setup.network.at(setup.size / 8, () => publishBigFile(chewy, setup.mib));
  await setup.finish();
  const sent = setup.network.sentBy("chewy");
  assert(sent > 0, "nothing came from the source that appeared");
});
