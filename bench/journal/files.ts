/**
 * The files that are published.
 *
 * @module
 */

import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";

/** How many users there are. */
export const USERS = 10_000;

/** File number `i`: its user, its name, which no other has, and its details. */
export function fileAt(i: number): CatalogueEvent & { kind: "publish" } {
  const user = `user-${i % USERS}`;
  const name = `lectures of term ${i % 12}/chapter ${i}.pdf`;
  return { kind: "publish", user, name, details: { size: i, id: idAt(i) } };
}

function idAt(i: number): string {
  return Math.imul(i, 0x9e3779b1).toString(16).replace("-", "f").padStart(64, "0123456789abcdef");
}
