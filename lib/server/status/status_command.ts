/**
 * `bittrickle-server status`: what goes on at a running server of this machine.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { cutToWidth } from "../../cli/display_width.ts";
import {
  CLEAR_SCREEN,
  ERASE_BELOW,
  ERASE_ROW,
  HOME,
  openOutputScreen,
  outputColumns,
  type Screen,
} from "../../cli/screen.ts";
import { wrapText } from "../../cli/wrap_text.ts";
import { toStdout } from "../../cli/write.ts";
import { messageOf } from "../../errors.ts";
import { escapeText, toJsonLine } from "../../protocol/escape.ts";
import type { StatusFlags } from "../flags/status_flags.ts";
import { askMetrics, askStatus } from "./ask_status.ts";
import { statusLines } from "./status_lines.ts";

/** How often a status that is watched is shown, in milliseconds. */
const WATCH_MS = 1_000;

/**
 * Does what `flags` say. On a terminal a watched server may be started again meanwhile; scripts are told
 * that it is gone.
 *
 * @throws {BitTrickleError} `network`, `disk`, `malformed`
 */
export async function runStatusCommand(flags: StatusFlags): Promise<void> {
  const screen = flags.isWatched && flags.format === "table" ? openOutputScreen() : undefined;
  if (screen) return await watch(flags, screen);
  do {
    await toStdout(await textOf(flags));
    if (flags.isWatched) await delay(WATCH_MS);
  } while (flags.isWatched);
}

async function textOf({ statusSocket, format }: StatusFlags): Promise<string> {
  if (format === "metrics") return await askMetrics(statusSocket);
  const status = await askStatus(statusSocket);
  if (format === "json") return `${toJsonLine(status)}\n`;
  return statusLines(status, outputColumns()).map((line) => `${line}\n`).join("");
}

/** Draws until the program is ended. What is not there at first is an error, as it is without this. */
async function watch({ statusSocket }: StatusFlags, screen: Screen): Promise<never> {
  let status = await askStatus(statusSocket);
  screen.write(CLEAR_SCREEN);
  for (let fault: string | undefined;;) {
    const told = fault === undefined
      ? []
      : [...wrapText(escapeText(fault), screen.columns - 1), ""];
    await draw(screen, [...told, ...statusLines(status, screen.columns)]);
    await delay(WATCH_MS);
    try {
      status = await askStatus(statusSocket);
      fault = undefined;
    } catch (error) {
      fault = messageOf(error);
    }
  }
}

/** Draws over what stands there, without a moment in which nothing does. */
async function draw({ write, columns, rows }: Screen, lines: readonly string[]): Promise<void> {
  const fitting = lines.slice(0, rows - 1).map((line) => cutToWidth(line, columns - 1) + ERASE_ROW);
  await write(`${HOME}${fitting.join("\n")}\n${ERASE_BELOW}`);
}
