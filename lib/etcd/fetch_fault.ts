/**
 * Why a request did not come to anything, in words for a person.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";

/** What the runtime puts before the reason. */
const WRAPPING =
  /^error sending request.*?: (?:client error \(\w+\): )?(?:tcp connect error: |dns error: )?/s;
const WORDS: readonly (readonly [said: RegExp, words: string])[] = [
  [/\(os error 111\)/, "nobody is listening there"],
  [/Requests to port \d+ are blocked/, "no program may ask at that port, choose another"],
  [/invalid peer certificate/, "its certificate is not one that this server trusts"],
  [
    /received fatal alert|client (?:sent|didn't)|bad certificate/,
    "it does not accept the certificate of this server",
  ],
  [
    /InvalidMessage|corrupt message|wrong version/i,
    "it does not speak TLS: is it http, not https?",
  ],
];

/** The tail of a message: `… : <reason>`. */
export function fetchFault(error: unknown): string {
  const said = innermost(error);
  const words = WORDS.find(([pattern]) => pattern.test(said))?.[1];
  return words ?? reasonOf(new Error(said.replace(WRAPPING, "")));
}

function innermost(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at instanceof Error ? at.message : String(at);
}
