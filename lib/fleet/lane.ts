/**
 * A lane: transactions of one server, one after the other, each with one effect whatever happens to it on
 * the way.
 *
 * Each names the revision in which the lane's key was put last, and puts it again. So what is sent twice, or
 * comes when it was given up, finds another revision and is not done. It names the server's key as well,
 * which is gone when the server has lost its place.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { encodeUtf8 } from "../protocol/utf8.ts";
import type { Engine, KeyValue, Operation, Outcome } from "./engine.ts";
import type { CallOptions } from "./gateway.ts";
import { laneKey, serverKey } from "./layout.ts";
import type { Place } from "./membership.ts";

/** How often something else may have come between: each time is one fence. */
const MOST_ATTEMPTS = 8;

/** The server has lost its place: whether what it sent last is done is not known. */
export class PlaceLost extends BitTrickleError {
  constructor() {
    super("network", "this server has lost its place in the fleet, and takes a new one");
  }
}

/** Operations that are done all or none. */
export interface Batch {
  readonly place: Place;
  /** By which lane of it they go. */
  readonly lane: number;
  /** Names them among all of this place. */
  readonly batch: number;
  readonly operations: readonly Operation[];
}

/**
 * Does the operations of a batch. Nothing else may be on its way by that lane.
 *
 * @returns their revision
 * @throws {PlaceLost}
 * @throws {BitTrickleError} as {@linkcode Engine}; if it is not `refused` they may still be done, until the
 * place is {@linkcode fence fenced}
 */
export async function commit(
  engine: Engine,
  { place, lane, batch, operations }: Batch,
  options: CallOptions,
): Promise<number> {
  const key = laneKey(place.server, lane);
  const value = encodeUtf8(String(batch));
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const outcome = await engine.transact({
      if: [
        { key: serverKey(place.server), revision: place.revision },
        { key, revision: place.lanes[lane]! },
      ],
      then: [...operations, { kind: "put", key, value, lease: place.lease }],
      else: [{ kind: "get", key: serverKey(place.server) }, { kind: "get", key }],
    }, options);
    const revision = revisionOfBatch(outcome, place, lane, value);
    if (revision !== undefined) return revision;
  }
  throw new BitTrickleError("network", "etcd has not done it, and does not say why");
}

/** In which revision the batch was done; nothing if it was not, and can be tried again. */
function revisionOfBatch(
  { isDone, revision, got }: Outcome,
  place: Place,
  lane: number,
  value: Uint8Array,
): number | undefined {
  if (isDone) return place.lanes[lane] = revision;
  const [server, last] = [got[0]?.[0], got[1]?.[0]];
  if (!server || !last) throw new PlaceLost();
  place.revision = Math.max(place.revision, server.revision);
  place.lanes[lane] = Math.max(place.lanes[lane]!, last.revision);
  return isSame(last, value) ? last.revision : undefined;
}

/**
 * Makes sure that nothing which was sent from `place` before, and is not done yet, ever will be.
 *
 * @throws {PlaceLost} if it is lost, which comes to the same
 * @throws {BitTrickleError} as {@linkcode Engine}
 */
export async function fence(engine: Engine, place: Place, signal: AbortSignal): Promise<void> {
  const key = serverKey(place.server);
  const all = place.lanes.map((_, lane) => laneKey(place.server, lane));
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const { isDone, revision, got } = await engine.transact({
      if: [{ key, revision: place.revision }],
      then: [
        { kind: "put", key, value: new Uint8Array(), lease: place.lease },
        ...all.map((key) => ({ kind: "get", key }) as const),
      ],
      else: [{ kind: "get", key }],
    }, { signal });
    if (isDone) return noteLanes(place, revision, got.slice(1));
    const server = got[0]?.[0];
    if (!server) throw new PlaceLost();
    place.revision = server.revision;
  }
  throw new BitTrickleError("network", "etcd has not done it, and does not say why");
}

function noteLanes(
  place: Place,
  revision: number,
  got: readonly (readonly KeyValue[])[],
): void {
  place.revision = revision;
  got.forEach(([last], lane) => {
    place.lanes[lane] = Math.max(place.lanes[lane]!, last?.revision ?? 0);
  });
}

function isSame({ value }: KeyValue, expected: Uint8Array): boolean {
  return value.length === expected.length && value.every((byte, i) => byte === expected[i]);
}
