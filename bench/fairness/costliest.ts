/**
 * Requests that cost an index as much as one request may.
 *
 * @module
 */

import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";

/** The requests that there is a costliest of. */
export const COSTLY = ["sch", "lpf", "pub", "get"] as const;

/** What the greedy user of the benchmark asks for. */
export const ASKED = ["nothing", ...COSTLY, "login"] as const;
export type Asked = typeof ASKED[number];
export const GREEDY = "greedy";

/** The costliest request `i` of `user`, with `publisher` who publishes most; no name comes twice. */
export function costliest(
  verb: typeof COSTLY[number],
  user: string,
  publisher: string,
  i: number,
): SealedRequest {
  const searches = [
    "e o a i n t r s larger:9TB case:any",
    "ext:pdf,df,f,mp3,mkv,jpg,zip,txt larger:9TB",
    `${"ar ".repeat(190)}case:any`,
    `user:${publisher} larger:9TB`,
  ];
  if (verb === "get") return { verb, user, name: i % 2 === 0 ? "0000" : "file 7" };
  if (verb === "sch") return { verb, user, text: searches[i % searches.length]! };
  if (verb === "lpf") return { verb, user, of: publisher };
  const name = Array(4).fill(`${i} `.padEnd(240, String(i * 7_919))).join("/");
  return { verb, user, name };
}
