/**
 * What the system tells of changes, and why it tells nothing.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { WatchHints } from "../../../lib/peer/watch/watch_hints.ts";

/** What is said where the system refuses to watch with `message`. */
async function saidOf(message: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  using _ = new WatchHints({
    folder: "/share",
    paths: ["/share"],
    openWatcher: () => {
      throw new Error(message);
    },
    onHint: () => {},
    onFailure: resolve,
  });
  return await promise;
}

Deno.test({
  name: "a limit of the system is named as what it is, with its cure",
  permissions: "none",
}, async () => {
  const watches = await saidOf('OS file watch limit reached. about ["/share/x"]');
  assertStringIncludes(watches, "fs.inotify.max_user_watches");
  assertEquals(await saidOf("No space left on device (os error 28)"), watches);
  const instances = await saidOf("Too many open files (os error 24)");
  assertStringIncludes(instances, "fs.inotify.max_user_instances");
});
