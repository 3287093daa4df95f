/**
 * Computes one step of OPAQUE for a client in another language, with Node or Deno: reads
 * `{ "step": "startLogin" | "finishLogin", "parameters": … }` from standard input, and writes what
 * `@serenity-kit/opaque` returns as JSON, or `null` if it fails. The argument says where that package
 * is, if it is not installed here.
 *
 * @module
 */

import { createRequire } from "node:module";
import { argv, stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";

const { client, ready } = createRequire(import.meta.url)(argv[2] ?? "@serenity-kit/opaque");
await ready;
const { step, parameters } = JSON.parse(await text(stdin));
stdout.write(JSON.stringify(compute() ?? null));

function compute() {
  try {
    return client[step](parameters);
  } catch { // A malformed answer is a wrong one.
    return undefined;
  }
}
