/**
 * The stream in which etcd tells what changes.
 *
 * @module
 */

import { BitTrickleError, malformed } from "../errors.ts";
import { asCount, asList, asObject, type JsonObject } from "./answers.ts";
import { linesOf } from "./bounded_text.ts";
import { toEntry, toRange } from "./etcd_client.ts";
import { etcdError, etcdSaid } from "./etcd_error.ts";
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
}

/** One line of the stream. */
export interface WatchLine {
  /** In the order in which they happened. */
  readonly changes: readonly Change[];
  /** Whether the last revision goes on in the next line. */
  readonly isFragment: boolean;
}

/** What was asked for was compacted: etcd has forgotten it. */
export class Compacted extends Error {}

/** Keys from one to before another. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
}

/** What is watched. */
export interface WatchQuery {
  /** Where. */
  readonly endpoint: string;
  readonly range: KeyRange;
  /** From which revision on. */
  readonly revision: number;
}

/**
 * All that changes of the keys in a range, until `signal`.
 *
 * @throws {Compacted} if etcd has forgotten that revision
 * @throws {BitTrickleError} if the stream breaks off, or ends
 */
export async function* watch(
  gateway: Gateway,
  { endpoint, range: { from, to }, revision }: WatchQuery,
  signal: AbortSignal,
): AsyncGenerator<WatchLine> {
  const stream = await gateway.stream(endpoint, "/v3/watch", {
    create_request: {
      ...toRange(from, to),
      ...{ start_revision: String(revision), fragment: true },
    },
  }, signal);
  for await (const line of linesOf(stream, LINE_CHARACTERS, signal)) yield decodeLine(line);
  throw new BitTrickleError("network", "etcd has ended the watch");
}

function decodeLine(line: string): WatchLine {
  const answer = asObject(parseJson(line), "a line");
  if (answer.error !== undefined) throw etcdError(line);
  const result = asObject(answer.result, "a result");
  if (result.canceled === true) throw reasonOfEnd(result);
  const changes = asList(result.events, "changes").map(toChange);
  return { changes, isFragment: result.fragment === true };
}

function reasonOfEnd({ compact_revision, cancel_reason }: JsonObject): Error {
  if (asCount(compact_revision, "a revision") > 0) return new Compacted();
  if (typeof cancel_reason === "string" && cancel_reason !== "") return etcdSaid(cancel_reason);
  return new BitTrickleError("network", "etcd has ended the watch");
}

function toChange(event: unknown): Change {
  const { type = "PUT", kv } = asObject(event, "a change");
  const { key, value, revision } = toEntry(kv);
  if (type === "PUT") return { key, revision, value };
  if (type === "DELETE") return { key, revision };
  throw malformed("etcd tells of a change of a kind that is none");
}
