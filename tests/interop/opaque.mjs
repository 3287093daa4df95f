/**
 * Computes one step of OPAQUE for a client in another language, with Node or Deno: reads
 * `{ "step": "startLogin" | "finishLogin", "parameters": … }` from standard input, and writes what
 * `@serenity-kit/opaque` returns, or `null`, as JSON. The argument says where that package is, if it
 * is not installed here.
 *
 * @module
 */

import { createRequire } from "node:module";
import { argv, stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";

const { client, ready } = createRequire(import.meta.url)(argv[2] ?? "@serenity-kit/opaque");
await ready;
const { step, parameters } = JSON.parse(await text(stdin));
stdout.write(JSON.stringify(client[step](parameters) ?? null));
