/**
 * The stream in which etcd tells what changes.
 *
 * @module
 */

import { BitTrickleError, malformed } from "../errors.ts";
import { asCount, asList, asObject, type JsonObject } from "./answers.ts";
import { linesOf } from "./bounded_text.ts";
import { type KeyValue, toEntry, toRange } from "./engine.ts";
import { engineError } from "./engine_error.ts";
import { type Gateway, parseJson } from "./gateway.ts";

/** Characters of the longest line: etcd begins a new one at 2 MiB, which base64 makes a third longer. */
const LINE_CHARACTERS = 8 * 1_024 * 1_024;

/** A key that was put or deleted. */
export interface Change {
  readonly key: string;
  /** In which revision. */
  readonly revision: number;
  /** What was put; nothing if it was deleted. */
  readonly value?: Uint8Array | undefined;
  /** What it was before, if it was there and the engine has not forgotten it. */
  readonly previous?: Uint8Array | undefined;
}

/** One line of the stream. */
export interface WatchLine {
  /** In the order in which they happened. */
  readonly changes: readonly Change[];
  /** Whether the last revision goes on in the next line. */
  readonly isFragment: boolean;
}

/** What was asked for was compacted: the engine has forgotten it. */
export class Compacted extends Error {}

/**
 * All that changes of the keys that begin with `prefix`, from `revision` on, until `signal`.
 *
 * @throws {Compacted} if the engine has forgotten that revision
 * @throws {BitTrickleError} if the stream breaks off, or ends
 */
export async function* watch(
  gateway: Gateway,
  prefix: string,
  revision: number,
  signal: AbortSignal,
): AsyncGenerator<WatchLine> {
  const stream = await gateway.stream("/v3/watch", {
    create_request: {
      ...toRange(prefix),
      ...{ start_revision: String(revision), prev_kv: true, fragment: true },
    },
  }, signal);
  for await (const line of linesOf(stream, LINE_CHARACTERS, signal)) yield decodeLine(line);
  throw new BitTrickleError("network", "etcd has ended the watch");
}

function decodeLine(line: string): WatchLine {
  const answer = asObject(parseJson(line), "a line");
  if (answer.error !== undefined) throw engineError(line);
  const result = asObject(answer.result, "a result");
  if (result.canceled === true) throw reasonOfEnd(result);
  const changes = asList(result.events, "changes").map(toChange);
  return { changes, isFragment: result.fragment === true };
}

function reasonOfEnd(result: JsonObject): Error {
  if (asCount(result.compact_revision, "a revision") > 0) return new Compacted();
  return new BitTrickleError("network", "etcd has ended the watch");
}

function toChange(event: unknown): Change {
  const { type = "PUT", kv, prev_kv } = asObject(event, "a change");
  const { key, value, revision }: KeyValue = toEntry(kv);
  const previous = prev_kv === undefined ? undefined : toEntry(prev_kv).value;
  if (type === "PUT") return { key, revision, value, previous };
  if (type === "DELETE") return { key, revision, previous };
  throw malformed("etcd tells of a change of a kind that is none");
}
