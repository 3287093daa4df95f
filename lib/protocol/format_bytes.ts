/**
 * Sizes as people read them.
 *
 * @module
 */

/** `bytes` in decimal units, as operating systems show them: `420.0 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = Math.round(bytes);
  let unit = 0;
  // 999.95 is the least that would be shown as 1000.0.
  while (value >= (unit === 0 ? 1_000 : 999.95) && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
