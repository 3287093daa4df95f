/**
 * Sizes as people write them.
 *
 * @module
 */

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
};

/** The bytes of `500kB`, `10MB` or `1.5GB`, in decimal units; `undefined` for anything else. */
export function parseByteSize(text: string): number | undefined {
  const [, digits, unit = ""] = /^([0-9]{1,15}(?:\.[0-9]{1,3})?)([a-z]*)$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  return digits === undefined || factor === undefined
    ? undefined
    : Math.round(Number(digits) * factor);
}
