/**
 * Looking at some of many.
 *
 * @module
 */

/** How many are looked at, and from where on. */
export interface Window {
  /** How many at most. */
  readonly most: number;
  /** Where to begin: 0 at the first, up to 1 at the end. After the last comes the first again. */
  readonly turn: number;
  /** Set when there may have been more. */
  isCut?: boolean;
}

/** All of them, in their order. */
export const ALL: Window = { most: Infinity, turn: 0 };

/** Calls `visit` for the places that `window` has of those from `from` to before `to`. */
export function eachIn(
  window: Window,
  from: number,
  to: number,
  visit: (place: number) => void,
): void {
  const { most, turn } = window;
  if (to - from > most) window.isCut = true;
  const start = from + Math.floor(turn * (to - from));
  const end = Math.min(to, start + most);
  for (let place = start; place < end; place++) visit(place);
  const rest = Math.min(start, from + most - (end - start));
  for (let place = from; place < rest; place++) visit(place);
}
