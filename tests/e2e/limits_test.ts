/**
 * Limits of bandwidth, measured between real programs.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { assertNear, publishBytes, secondsToGet } from "../support/limited_transfer.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

Deno.test("--limit-up is shared by all who download", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans", ["--limit-up", "2M"]);
  const flags = ["--no-swarm"];
  const others = [await network.join("vader", flags), await network.join("yoda", flags)];
  await publishBytes(hans, 10_000_000);
  const seconds = await Promise.all(others.map(secondsToGet));
  assertNear(Math.max(...seconds), 10);
  assertNear(Math.min(...seconds), 10);
});

Deno.test("--limit-down is kept to", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const vader = await network.join("vader", ["--limit-down", "2MB"]);
  await publishBytes(hans, 20_000_000);
  assertNear(await secondsToGet(vader), 10);
});

Deno.test("a limit can be changed while a transfer runs", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans", ["--limit-up", "40k"]);
  const vader = await network.join("vader");
  await publishBytes(hans, 20_000_000);
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
