/**
 * A recording as a moving picture: an SVG for light and for dark pages, without a script. Where
 * pictures do not move, or are not to, it shows the last frame.
 *
 * @module
 */

import type { Frame, Recording } from "./recording.ts";

const [COLUMN, ROW, MARGIN] = [7.3, 15, 12];

/** How long the last frame stays before all begins anew, in seconds. */
const LAST_SECONDS = 6;

/** Every text is drawn once, and used wherever it is shown: most frames share most of their rows. */
export function drawRecording({ title, columns, rows, frames }: Recording): string {
  const [width, height] = [Math.ceil(columns * COLUMN) + 2 * MARGIN, rows * ROW + 2 * MARGIN];
  const texts = [...new Set(frames.flatMap((frame) => frame.rows.filter((row) => row !== "")))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${styleOf(frames, width)}</style>`,
    `<defs xml:space="preserve">`,
    ...texts.map((text, i) => `<text id="t${i}"${attributesOf(text)}>${escapeXml(text)}</text>`),
    `</defs>`,
    `<rect width="${width}" height="${height}" rx="8"/>`,
    // For what draws pictures and knows no animation.
    `<g id="film" transform="translate(${-(frames.length - 1) * width})">`,
    ...frames.map((frame, i) => drawFrame(frame, texts, i * width)),
    `</g>`,
    `</svg>`,
    "",
  ].join("\n");
}

/** Titles of terminals are told from what is in them. */
function attributesOf(text: string): string {
  return text.startsWith("──") ? ` class="rule"` : "";
}

function drawFrame({ rows }: Frame, texts: readonly string[], left: number): string {
  const uses = rows.map((row, i) => {
    const y = MARGIN + (i + 1) * ROW - 4;
    return row === "" ? "" : `<use href="#t${texts.indexOf(row)}" y="${y}"/>`;
  });
  return `<g transform="translate(${left + MARGIN})">${uses.join("")}</g>`;
}

/** All frames hang side by side on a film, which jumps from one to the next. */
function styleOf(frames: readonly Frame[], width: number): string {
  const end = frames.at(-1)!.seconds + LAST_SECONDS;
  const at = (i: number) => `transform:translateX(${-i * width}px)`;
  const jumps = frames.map(({ seconds }, i) => `${(seconds / end * 100).toFixed(2)}%{${at(i)}}`);
  return [
    "text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;" +
    "white-space:pre;fill:#1f2328}",
    ".rule{fill:#59636e}rect{fill:#f6f8fa}",
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.rule{fill:#9198a1}rect{fill:#161b22}}",
    `#film{${at(frames.length - 1)};animation:film ${end}s step-end infinite}`,
    `@keyframes film{${jumps.join("")}100%{${at(frames.length - 1)}}}`,
    "@media(prefers-reduced-motion){#film{animation:none}}",
  ].join("\n");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
