/**
 * A program that gives a thread what none expects, and says what it hears of that.
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { listenTo } from "../../lib/async/thread_link.ts";

if (import.meta.main) {
  const worker = listenTo<unknown>(
    new Worker(new URL(Deno.args[0]!, "file:"), { type: "module" }),
    {
      onReply: () => {},
      onBroken: (reason) => {
        toStdout(`broken down: ${reason}\n`);
        worker.terminate();
      },
    },
  );
  worker.postMessage(null);
}
