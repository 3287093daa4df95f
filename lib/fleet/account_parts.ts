/**
 * What of the accounts is the value of one key of etcd. Each begins with a line that says when its key was made,
 * and how often it was put; etcd counts both. So whoever may write to etcd, but has no cluster key, cannot put
 * back what was there before. A key is made with nothing in it, as nobody knows before in which revision that is.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { decodeUtf8, encodeUtf8 } from "../protocol/utf8.ts";
import type { KeyValue, Operation } from "../etcd/etcd_client.ts";
import { ACCOUNTS } from "./layout.ts";
import type { Secrets } from "./secrets.ts";

/** Credentials, invitations, the servers' key, and the names of the last edits. */
export const PARTS = ["users", "invitations", "key", "edits"] as const;
export type Part = (typeof PARTS)[number];

/** A part, as it was read. */
export interface KeptPart {
  /** Nothing if it is not there. */
  readonly text: string | undefined;
  /** In which revision it was put last, 0 if there is no such key. */
  readonly revision: number;
  readonly created: number;
  readonly version: number;
}

/**
 * How many edits are remembered: more than are made while one waits for an answer that was lost. Each takes 13
 * bytes.
 */
const EDITS = 500;
const MISSING: KeptPart = { text: undefined, revision: 0, created: 0, version: 0 };

/** The key of a part. */
export function keyOf(part: Part): string {
  return ACCOUNTS + part;
}

/**
 * What `entry` holds.
 *
 * @throws {BitTrickleError} `usage` if it does not open, or was put back
 */
export function openPart(entry: KeyValue | undefined, secrets: Secrets): KeptPart {
  if (!entry) return MISSING;
  const { key, value, revision, created, version } = entry;
  const at = { revision, created, version };
  if (value.length === 0) return { text: undefined, ...at };
  const bytes = secrets.open(key, value);
  if (!bytes) throw unusable("were sealed with another cluster key");
  const sealed = decodeUtf8(bytes);
  const head = headOf(created, version);
  if (sealed.startsWith(head)) return { text: sealed.slice(head.length), ...at };
  const advice = "restore a snapshot of etcd, and let nobody but the servers write to it";
  throw unusable(`are older ones, which somebody has put back: ${advice}`);
}

/** Puts `text` where `kept` is, if that has not changed meanwhile. */
export function putPart(part: Part, kept: KeptPart, text: string, secrets: Secrets): Operation {
  const key = keyOf(part);
  const bytes = encodeUtf8(headOf(kept.created, kept.version + 1) + text);
  return { kind: "put", key, value: secrets.seal(key, bytes) };
}

/** The text of the edits after one more, called `id`. */
export function withEdit(edits: string | undefined, id: string): string {
  return [id, ...namesIn(edits)].slice(0, EDITS).join(" ");
}

/** Whether the edit called `id` was made, and not long ago. */
export function hasEdit(edits: string | undefined, id: string): boolean {
  return namesIn(edits).includes(id);
}

function namesIn(edits = ""): string[] {
  return edits.split(" ").filter((name) => name !== "");
}

function headOf(created: number, version: number): string {
  return `${created} ${version}\n`;
}

function unusable(reason: string): BitTrickleError {
  return new BitTrickleError("usage", `The accounts in etcd ${reason}`);
}
