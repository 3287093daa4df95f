/**
 * Limits of bandwidth, measured between real programs.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { someBytes } from "../support/bytes.ts";
import type { ShellUser } from "../support/clients.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const LONG_MS = 60_000;

/** Writes `bytes` bytes into the folder of `user` and publishes them as `big`. */
async function publish({ shell, folder }: ShellUser, bytes: number): Promise<void> {
  await Deno.writeFile(`${folder}/big`, someBytes(bytes));
  await shell.ask("pub big", "File published successfully\n");
}

/** Gets `big` and returns how many seconds that takes. */
async function secondsToGet({ shell }: ShellUser): Promise<number> {
  const began = performance.now();
  await shell.type("get big");
  await shell.shows("big downloaded successfully\n", LONG_MS);
  return (performance.now() - began) / 1_000;
}

function assertNear(actual: number, expected: number): void {
  assert(Math.abs(actual / expected - 1) < 0.1, `${actual} is not within 10 % of ${expected}`);
}

Deno.test("--limit-up is shared by all who download", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans", ["--limit-up", "2M"]);
  const flags = ["--no-swarm"];
  const others = [await network.join("vader", flags), await network.join("yoda", flags)];
  await publish(hans, 10_000_000);
  const seconds = await Promise.all(others.map(secondsToGet));
  assertNear(Math.max(...seconds), 10);
  assertNear(Math.min(...seconds), 10);
});

Deno.test("--limit-down is kept to", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const vader = await network.join("vader", ["--limit-down", "2MB"]);
  await publish(hans, 20_000_000);
  assertNear(await secondsToGet(vader), 10);
});

for (const flag of ["--limit-up", "--limit-down"]) {
  Deno.test(`${flag} 100k is no stall`, AS_PROCESSES, async () => {
    await using network = await Network.start();
    const hans = await network.join("hans", [flag, "100k"]);
    const vader = await network.join("vader", [flag, "100k"]);
    await publish(hans, 1_200_000);
    assertNear(await secondsToGet(vader), 12);
    assert(!vader.shell.stderr.includes("Waiting for"), vader.shell.stderr);
  });
}

Deno.test("a limit can be changed while a transfer runs", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans", ["--limit-up", "40k"]);
  const vader = await network.join("vader");
  await publish(hans, 20_000_000);
  await hans.shell.ask("limit", "Limits: up 40.0 kB/s, down off\n");
  const seconds = secondsToGet(vader);
  await waitFor("a part", async () => {
    return (await Array.fromAsync(Deno.readDir(vader.folder))).length > 0;
  });
  await hans.shell.ask("limit up 2M", "Limits: up 2.0 MB/s, down off\n");
  assertNear(await seconds, 10);
  await hans.shell.ask("limit down 5M", "Limits: up 2.0 MB/s, down 5.0 MB/s\n");
  await hans.shell.ask("limit up off", "Limits: up off, down 5.0 MB/s\n");
  await hans.shell.type("limit up 5k");
  await hans.shell.warns(
    'a limit is at least 32k bytes per second, as 500k or 5M, or off, not "5k"',
  );
  await hans.shell.type("limit sideways 5M");
  await hans.shell.warns("limit takes a direction and a rate: limit up 5M, limit down off");
});

Deno.test("a limit that is none is refused", AS_PROCESSES, async () => {
  await using network = await Network.start();
  for (const rate of ["fast", "0", "-5M", "1k"]) {
    const { code, stdout } = await network.once("hans", "lap", `--limit-up=${rate}`);
    assertEquals([code, stdout], [2, ""]);
  }
});
