/**
 * Publications as lines of JSON, to carry from one data file to another: a line that names the
 * format, then one line for each.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import type { CatalogueEvent } from "../../index/catalogue/catalogue.ts";
import { toJsonLine } from "../../protocol/escape.ts";
import { PLAIN_SHARE } from "../../protocol/share.ts";
import { publicationFault } from "../../store/publication_fault.ts";

/** Stands for the id of a file of which only the size is known. */
const NO_ID = "-";

/** The version that is written. The first one knew no shares; it is read as well. */
const VERSION = 2;

/** Lines that are written at once, so that each does not cost a system call. */
const LINES_AT_ONCE = 1_000;

/** The first line. */
export const HEADER: string = toJsonLine({ v: VERSION, type: "publications" });

/** The line of a publication. */
export function formatPublication(
  { user, share = PLAIN_SHARE, name, ...rest }: CatalogueEvent,
): string {
  const details = "details" in rest ? rest.details : undefined;
  const known = details && { size: details.size, id: details.id ?? NO_ID };
  return toJsonLine({ user, ...share !== PLAIN_SHARE && { share }, name, ...known });
}

/** All that an export of `publications` writes, in parts. */
export function* toLines(publications: Iterable<CatalogueEvent>): Generator<string> {
  const lines = [HEADER];
  for (const event of publications) {
    lines.push(formatPublication(event));
    if (lines.length >= LINES_AT_ONCE) yield `${lines.splice(0).join("\n")}\n`;
  }
  yield lines.map((line) => `${line}\n`).join("");
}

/** `items` in parts of `size`. */
export function* inChunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/**
 * The publications in `stream`, once every line is found good.
 *
 * @throws {BitTrickleError} `usage`, naming the first bad line
 */
export async function readPublications(
  stream: ReadableStream<Uint8Array>,
): Promise<CatalogueEvent[]> {
  const events: CatalogueEvent[] = [];
  let number = 0;
  for await (const line of linesOf(stream)) {
    if (++number === 1) checkHeader(line);
    else events.push(parsePublication(line, number));
  }
  if (number === 0) throw badLine(1, "there is none");
  return events;
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function parsePublication(line: string, number: number): CatalogueEvent {
  const { user, share, name, size, id = NO_ID, ...rest } = parseObject(line, number);
  const isTold = size !== undefined;
  const texts = [user, share ?? "", name, id].every((field) => typeof field === "string");
  const isRight = texts && (isTold ? typeof size === "number" : id === NO_ID);
  if (!isRight || Object.keys(rest).length > 0) {
    throw badLine(number, "expected user, name, and share, size and id where they are known");
  }
  const known = { size: size as number, ...id === NO_ID ? {} : { id: id as string } };
  const details = isTold ? { details: known } : {};
  const publisher = { user: String(user), ...share === undefined ? {} : { share: String(share) } };
  const event = { kind: "publish", ...publisher, name: String(name), ...details } as const;
  const fault = publicationFault(event);
  if (fault) throw badLine(number, fault);
  return event;
}

function checkHeader(line: string): void {
  const { v, type } = parseObject(line, 1);
  if (type !== "publications") throw badLine(1, `expected ${HEADER}`);
  if (v !== 1 && v !== VERSION) throw badLine(1, "a newer BitTrickle has written it");
}

function parseObject(line: string, number: number): Record<string, unknown> {
  try {
    const value = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Not JSON at all.
  }
  throw badLine(number, "it is not a JSON object");
}

function badLine(number: number, reason: string): BitTrickleError {
  return new BitTrickleError("usage", `Nothing was imported: line ${number}: ${reason}`);
}
