/**
 * How much work one request may cost.
 *
 * @module
 */

/** What may still be done for a request, in steps of some tenth of a microsecond. */
export interface Budget {
  left: number;
}
