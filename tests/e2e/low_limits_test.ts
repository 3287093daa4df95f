/**
 * Limits so low that hardly anything moves, between real programs.
 *
 * @module
 */

import { assert } from "@std/assert";
import { assertNear, publishBytes, secondsToGet } from "../support/limited_transfer.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

for (const flag of ["--limit-up", "--limit-down"]) {
  Deno.test(`${flag} 100k is no stall`, AS_PROCESSES, async () => {
    await using network = await Network.start();
    const hans = await network.join("hans", [flag, "100k"]);
    const vader = await network.join("vader", [flag, "100k"]);
    await publishBytes(hans, 1_200_000);
    assertNear(await secondsToGet(vader), 12);
    assert(!vader.shell.stderr.includes("Waiting for"), vader.shell.stderr);
  });
}
