/**
 * What fails, and with which error.
 *
 * @module
 */

import { assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";

/** Something that is under way, or is begun here. */
type Attempt = Promise<unknown> | (() => Promise<unknown>);

/** The error with which `attempt` fails, as it has to. */
export async function failureOf(attempt: Attempt): Promise<BitTrickleError> {
  return await assertRejects(
    () => typeof attempt === "function" ? attempt() : attempt,
    BitTrickleError,
  );
}

/** The code of that error. */
export async function codeOf(attempt: Attempt): Promise<string> {
  return (await failureOf(attempt)).code;
}
