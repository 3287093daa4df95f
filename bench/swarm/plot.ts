/**
 * A picture of what the downloaders of a swarm have over time: `plot.ts <file>`, which was written by
 * `deno task bench swarm --pieces <file>`, prints an SVG.
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import type { Sample } from "./class.ts";

const [WIDTH, HEIGHT, MARGIN] = [720, 360, 48];
const TICKS = 4;

/** Samples of which the lines are made. */
const MOST_SAMPLES = 100;

/** The picture, with a line for each downloader. */
export function plot(all: readonly Sample[]): string {
  const every = Math.ceil(all.length / MOST_SAMPLES);
  const samples = all.filter((_, i) => i % every === 0 || i === all.length - 1);
  const seconds = Math.max(...samples.map((sample) => sample.seconds));
  const pieces = Math.max(...samples.flatMap((sample) => sample.pieces));
  const x = (value: number) => MARGIN + value / seconds * (WIDTH - 2 * MARGIN);
  const y = (value: number) => HEIGHT - MARGIN - value / pieces * (HEIGHT - 2 * MARGIN);
  const lines = samples[0]!.pieces.map((_, i) => {
    const points = samples.map((sample) => {
      return `${x(sample.seconds).toFixed(1)},${y(sample.pieces[i]!).toFixed(1)}`;
    });
    const hue = Math.round(i * 360 / samples[0]!.pieces.length);
    return `<polyline points="${points.join(" ")}" stroke="hsl(${hue} 60% 45%)"/>`;
  });
  const parts = Array.from({ length: TICKS + 1 }, (_, i) => i / TICKS);
  const ticks = parts.flatMap((part) => [
    label(x(part * seconds), HEIGHT - MARGIN + 18, "middle", (part * seconds).toFixed(0)),
    label(MARGIN - 8, y(part * pieces) + 4, "end", (part * pieces).toFixed(0)),
  ]);
  const [left, right, top, bottom] = [MARGIN, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    `font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<path d="M${left},${top}V${bottom}H${right}" fill="none" stroke="black"/>`,
    ...ticks,
    label(WIDTH / 2, HEIGHT - 8, "middle", "seconds"),
    label(left, top - 14, "middle", "pieces"),
    `<g fill="none" stroke-width="1.2">`,
    ...lines,
    `</g>`,
    `</svg>`,
    "",
  ].join("\n");
}

function label(x: number, y: number, anchor: string, text: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`;
}

if (import.meta.main) {
  toStdout(plot(JSON.parse(await Deno.readTextFile(Deno.args[0]!))));
}
