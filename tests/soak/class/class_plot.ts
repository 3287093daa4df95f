/**
 * A picture of a soak: panels below each other that share the time.
 *
 * @module
 */

import { type ClassSample, sum } from "./class_samples.ts";

const [WIDTH, LEFT, RIGHT] = [760, 190, 30];
const [PANEL, GAP, LINE] = [70, 22, 17];
/** Points of a line: more than that nobody sees. */
const MOST_POINTS = 300;
const COLOURS = ["#1f6feb", "#d1242f", "#1a7f37", "#8250df"];

/** One panel. */
interface Panel {
  readonly title: string;
  /** What each line shows; a line is left open where it is not a number. */
  readonly lines: Readonly<Record<string, (sample: ClassSample) => number>>;
}

const PANELS: readonly Panel[] = [
  { title: "memory, MiB", lines: { "server": ({ memory }) => memory } },
  { title: "descriptors", lines: { "server": ({ descriptors }) => descriptors } },
  { title: "processor, %", lines: { "server": ({ processor }) => 100 * processor } },
  { title: "clients", lines: { "active": ({ active }) => active } },
  { title: "requests/s", lines: { "without heartbeats": ({ requests }) => requests } },
  {
    title: "answer, ms",
    lines: { "half": ({ median }) => median, "99 %": ({ p99 }) => p99 },
  },
  {
    title: "log, lines/s",
    lines: {
      "answered": ({ lines }) => lines.answered ?? 0,
      "failed": ({ lines }) => lines.failed ?? 0,
      "others": ({ lines }) => othersOf(lines),
    },
  },
  { title: "transfers, MB/s", lines: { "real clients": ({ bytes }) => bytes / 1e6 } },
];

/** Lines of other kinds than there are for requests. */
function othersOf({ received: _, answered: __, failed: ___, ...others }: ClassSample["lines"]) {
  return sum(Object.values(others));
}

/** The picture as SVG, with `figures` above. */
export function plotClass(samples: readonly ClassSample[], figures: readonly string[]): string {
  const points = thinned(samples);
  const seconds = samples.at(-1)?.at ?? 1;
  const top = 16 + figures.length * LINE;
  const height = top + PANELS.length * (PANEL + GAP) + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    ...figures.map((text, i) => label([12, 20 + i * LINE], text)),
    ...PANELS.flatMap((panel, i) => {
      return drawPanel(panel, points, { top: top + i * (PANEL + GAP), seconds });
    }),
    ...minutes(seconds, height - 14),
    `</svg>`,
    "",
  ].join("\n");
}

/** Few enough of `samples`, evenly. */
function thinned(samples: readonly ClassSample[]): readonly ClassSample[] {
  const every = Math.ceil(samples.length / MOST_POINTS);
  return samples.filter((_, i) => i % every === 0 || i === samples.length - 1);
}

interface Place {
  readonly top: number;
  readonly seconds: number;
}

function drawPanel(panel: Panel, points: readonly ClassSample[], place: Place): string[] {
  const { top, seconds } = place;
  const lines = Object.entries(panel.lines);
  const most = Math.max(1e-9, ...lines.flatMap(([, of]) => points.map(of).filter(isFinite)));
  const toPoint = (at: number, value: number) => {
    return `${xOf(at, seconds).toFixed(1)},${(top + PANEL * (1 - value / most)).toFixed(1)}`;
  };
  return [
    `<path d="M${LEFT},${top}V${top + PANEL}H${WIDTH - RIGHT}" fill="none" stroke="#8c959f"/>`,
    label([12, top + 12], panel.title),
    label([LEFT - 6, top + 10], round(most), "end"),
    label([LEFT - 6, top + PANEL], "0", "end"),
    ...lines.flatMap(([name, of], i) => {
      const shown = points.filter((sample) => isFinite(of(sample)));
      const line = shown.map((sample) => toPoint(sample.at, of(sample))).join(" ");
      const colour = COLOURS[i]!;
      return [
        `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="1.2"/>`,
        label([12, top + 12 + (i + 1) * 15], name, "start", colour),
      ];
    }),
  ];
}

function minutes(seconds: number, y: number): string[] {
  const step = Math.max(1, Math.ceil(seconds / 60 / 15)) * 60;
  const ticks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
  return ticks.map((at) => label([xOf(at, seconds), y], `${at / 60} min`, "middle"));
}

function xOf(at: number, seconds: number): number {
  return LEFT + at / seconds * (WIDTH - LEFT - RIGHT);
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}

function label(
  [x, y]: readonly [number, number],
  text: string,
  anchor = "start",
  colour = "black",
): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"`;
  return `<text ${place} fill="${colour}">${text}</text>`;
}
