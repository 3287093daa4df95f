/**
 * Columns of numbers.
 *
 * @module
 */

/** The numbers of one kind of all rows. */
export type Column = Uint8Array | Uint32Array | Float64Array;

/** A copy of `column` with `length` numbers: its first ones, or all of them and zeros. */
export function resized<T extends Column>(column: T, length: number): T {
  const copy = new (column.constructor as new (length: number) => T)(length);
  copy.set(column.subarray(0, length));
  return copy;
}
