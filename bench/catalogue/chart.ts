/**
 * A chart of times over sizes, both in powers of ten, as SVG that is readable in light and dark.
 *
 * @module
 */

/** One line of the chart. */
export interface Line {
  readonly name: string;
  /** Sizes and microseconds. */
  readonly points: readonly (readonly [number, number])[];
}

type Place = (value: number) => number;

const BOX = { left: 64, right: 440, top: 24, bottom: 264, width: 520, height: 312 };
/** The least room between two names, in pixels. */
const NAME_HEIGHT = 15;
const COLOURS = ["#1f77b4", "#d1780a", "#2c9a3f", "#d63a3a", "#9467bd", "#a0644f"];

/** The picture. */
export function chart(lines: readonly Line[]): string {
  const sizes = lines.flatMap(({ points }) => points.map(([size]) => size));
  const times = lines.flatMap(({ points }) => points.map(([, time]) => time));
  const [xs, ys] = [powersAround(sizes), powersAround(times)];
  const x = placeIn(xs, BOX.left, BOX.right);
  const y = placeIn(ys, BOX.bottom, BOX.top);
  const label = "Time of a request over the number of names";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${BOX.width} ${BOX.height}" ` +
    `font-family="sans-serif" font-size="12" role="img" aria-label="${label}">`,
    "<style>svg{color:#333}@media(prefers-color-scheme:dark){svg{color:#ccc}}</style>",
    ...ys.map((power) => rule(y(power), timeText(power))),
    ...xs.map((power) => text(x(power), BOX.bottom + 18, power.toLocaleString("en"), "middle")),
    text((BOX.left + BOX.right) / 2, BOX.height - 8, "names in the index", "middle"),
    ...lines.map((line, i) => polyline(line, COLOURS[i % COLOURS.length]!, x, y)),
    ...namesBeside(lines, y),
    "</svg>",
    "",
  ].join("\n");
}

/** The powers of ten from below the least of `values` to above the greatest. */
function powersAround(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
}

function placeIn(powers: readonly number[], from: number, to: number): Place {
  const [low, high] = [Math.log10(powers[0]!), Math.log10(powers.at(-1)!)];
  return (value) => {
    const part = (Math.log10(value) - low) / Math.max(1, high - low);
    return Number((from + part * (to - from)).toFixed(1));
  };
}

function rule(y: number, label: string): string {
  const line = `<path d="M${BOX.left} ${y}H${BOX.right}" stroke="currentColor" opacity=".25"/>`;
  return line + text(BOX.left - 8, y + 4, label, "end");
}

function polyline({ points }: Line, colour: string, x: Place, y: Place): string {
  const path = points.map(([size, time]) => `${x(size)},${y(time)}`).join(" ");
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`;
}

/** Each name where its line ends, but none upon another. */
function namesBeside(lines: readonly Line[], y: Place): string[] {
  const ends = lines.map(({ name, points }, i) => ({ name, i, at: y(points.at(-1)![1]) }));
  let below = -Infinity;
  return ends.toSorted((a, b) => a.at - b.at).map(({ name, i, at }) => {
    below = Math.max(at, below + NAME_HEIGHT);
    return text(BOX.right + 8, below + 4, name, "start", COLOURS[i % COLOURS.length]);
  });
}

function text(x: number, y: number, label: string, anchor: string, fill = "currentColor"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${label}</text>`;
}

function timeText(micros: number): string {
  return micros < 1_000 ? `${micros} µs` : `${micros / 1_000} ms`;
}
