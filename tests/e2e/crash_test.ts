/**
 * What the index has confirmed is there after its process was killed, whenever that was.
 * `BITTRICKLE_CRASHES` says how often, for a longer trial than the gate's.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { may, MAY_RUN } from "../support/permission.ts";
import { Network } from "../support/network.ts";
import { LoadPublisher } from "../support/publish_load.ts";
import { seededRandom } from "../support/seeded.ts";
import { waitFor } from "../support/wait_for.ts";
import { credentialsOf } from "../support/users.ts";

const CRASHES = Number(may("env") && Deno.env.get("BITTRICKLE_CRASHES") || 50);
/** A crash comes up to this long after the first acknowledgement. */
const MOMENTS_MS = 120;
const USERS: readonly string[] = Array.from({ length: 12 }, (_, i) => `user-${i}`);
const CREDENTIALS = credentialsOf(USERS);

function countOf(publishers: readonly LoadPublisher[]): number {
  return publishers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
}

/** Lets all publish until `end` has ended the server. */
async function publishUntil(
  publishers: readonly LoadPublisher[],
  end: () => Promise<void>,
): Promise<void> {
  const before = countOf(publishers);
  const failed = Promise.withResolvers<never>();
  for (const publisher of publishers) publisher.publish().catch(failed.reject);
  const isUnderWay = () => countOf(publishers) > before;
  await Promise.race([
    failed.promise,
    waitFor("an acknowledgement", isUnderWay).then(end),
  ]);
  for (const publisher of publishers) await publisher.leave();
}

Deno.test({
  name: `what was confirmed survives ${CRASHES} crashes of the index, and nothing else appears`,
  ignore: !MAY_RUN,
}, async () => {
  const random = seededRandom(20_260_711);
  await using network = await Network.start(undefined, { credentials: CREDENTIALS });
  const publishers = USERS.map((user) => new LoadPublisher(user, random));
  for (let crash = 0; crash < CRASHES; crash++) {
    for (const publisher of publishers) await publisher.join(network.port);
    await publishUntil(publishers, async () => {
      await delay(random() * MOMENTS_MS);
      network.server.kill("SIGKILL");
      await network.server.ends();
    });
    await network.restartServer();
  }
  for (const publisher of publishers) await publisher.join(network.port);
  for (const publisher of publishers) await publisher.leave();
  assert(countOf(publishers) > CRASHES * 2, `only ${countOf(publishers)} acknowledgements`);
});

Deno.test({
  name: "a server that is asked to stop commits what waits and leaves one whole file",
  ignore: !MAY_RUN,
}, async () => {
  const random = seededRandom(1);
  await using network = await Network.start(undefined, { credentials: CREDENTIALS });
  const publishers = USERS.map((user) => new LoadPublisher(user, random));
  for (const publisher of publishers) await publisher.join(network.port);
  await publishUntil(publishers, async () => {
    network.server.kill("SIGTERM");
    assertEquals([await network.server.ends(), network.server.stderr], [0, ""]);
  });
  const files = (await network.home.names()).filter((name) => name.startsWith("bittrickle.db"));
  assertEquals(files, ["bittrickle.db", "bittrickle.db-lock"]);
  await network.restartServer();
  for (const publisher of publishers) await publisher.join(network.port);
  for (const publisher of publishers) await publisher.leave();
});
