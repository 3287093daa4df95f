/**
 * A program that breaks down where nothing catches it: in a timer, or in a promise.
 *
 * @module
 */

import { exitCodeOf } from "../../lib/cli/exit_code.ts";
import { onUncaught } from "../../lib/cli/last_resort.ts";
import { toStderr } from "../../lib/cli/write.ts";
import { messageOf } from "../../lib/errors.ts";

function fail(): never {
  throw new Error("oops");
}

if (import.meta.main) {
  onUncaught((error) => {
    toStderr(`${messageOf(error)}\n`);
    return exitCodeOf(error);
  });
  if (Deno.args[0] === "timer") setTimeout(fail, 0);
  else Promise.resolve().then(fail);
}
