/**
 * Long work in slices.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Waits until everything that is due has had its turn: sockets, timers and what is typed. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
