/**
 * Answers that nobody has to wait for.
 *
 * @module
 */

import { assert } from "@std/assert";

/** `answer`, which is there already: nothing has to be kept before it is given. */
export function atOnce<T>(answer: T | Promise<T>): T {
  assert(!(answer instanceof Promise), "the answer has to wait for the journal");
  return answer;
}
