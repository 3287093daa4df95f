/**
 * What may be there already.
 *
 * @module
 */

/** A value, or the promise of one that comes later. */
export type MaybePromise<T> = T | Promise<T>;
