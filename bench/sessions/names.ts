/**
 * Who takes part in the benchmark of sessions, and how long others may wait.
 *
 * @module
 */

import { catalogueNames } from "../requests/questions.ts";

/** The longest that one request may keep all others waiting, in milliseconds. */
export const LONGEST_MS = 5;

/** Sessions that are active and do nothing else, by protocol. */
export const CROWD = { plain: 10_000, sealed: 1_000 } as const;

/** Users who log in again and again. */
export const COMERS = 100;

/** Publishes very much and falls silent. */
export const COLLECTOR = "collector";

/** How many files. */
export const COLLECTED = 10_000;

/** What they are called: like those of others, so that searches find them too. */
export function collectedNames(): string[] {
  return catalogueNames(COLLECTED).map((name) => `${name}.copy`);
}

/** A user of the crowd. */
export function crowdName(kind: keyof typeof CROWD, i: number): string {
  return `${kind}${i}`;
}

/** One of those who come. */
export function comerName(i: number): string {
  return `comer${i}`;
}

/** All of them. */
export function allNames(): string[] {
  const names = (count: number, name: (i: number) => string) => {
    return Array.from({ length: count }, (_, i) => name(i));
  };
  return [
    ...names(CROWD.plain, (i) => crowdName("plain", i)),
    ...names(CROWD.sealed, (i) => crowdName("sealed", i)),
    ...names(COMERS, comerName),
    COLLECTOR,
  ];
}
