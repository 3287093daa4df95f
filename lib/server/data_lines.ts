/**
 * Publications as lines of JSON, to carry from one data file to another: a line that names the
 * format, then one line for each.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import { toJsonLine } from "../protocol/escape.ts";
import { publicationFault } from "../store/publication_fault.ts";

/** Stands for the id of a file of which only the size is known. */
const NO_ID = "-";

/** The first line. */
export const HEADER: string = toJsonLine({ v: 1, type: "publications" });

/** The line of a publication. */
export function formatPublication({ user, name, ...rest }: CatalogueEvent): string {
  const details = "details" in rest ? rest.details : undefined;
  return toJsonLine({ user, name, ...details && { size: details.size, id: details.id ?? NO_ID } });
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
  const { user, name, size, id = NO_ID, ...rest } = parseObject(line, number);
  const isTold = size !== undefined;
  const types = [typeof user, typeof name, isTold ? typeof size : "number", typeof id].join(" ");
  const isRight = types === "string string number string" && (isTold || id === NO_ID);
  if (!isRight || Object.keys(rest).length > 0) {
    throw badLine(number, "expected user, name, and size and id where they are known");
  }
  const known = { size: size as number, ...id === NO_ID ? {} : { id: id as string } };
  const details = isTold ? { details: known } : {};
  const event = { kind: "publish", user: String(user), name: String(name), ...details } as const;
  const fault = publicationFault(event);
  if (fault) throw badLine(number, fault);
  return event;
}

function checkHeader(line: string): void {
  const { v, type } = parseObject(line, 1);
  if (type !== "publications") throw badLine(1, `expected ${HEADER}`);
  if (v !== 1) throw badLine(1, "a newer BitTrickle has written it");
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
