/**
 * A lane: transactions of one server, one after the other, each with one effect whatever happens to it on
 * the way.
 *
 * Each names the revision in which the lane's key was put last, and puts it again, with what it changes: that is
 * what the other servers are told of it. So what is sent twice, or
 * comes when it was given up, finds another revision and is not done. It names the server's key as well,
 * which is gone when the server has lost its place.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import type { EtcdClient, KeyValue, Operation, Outcome } from "../etcd/etcd_client.ts";
import type { CallOptions } from "../etcd/gateway.ts";
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

/** Sessions of this server are over, or at another one now: nothing that they asked for is done. */
export class SessionsOver extends BitTrickleError {
  /** @param keys Where they were registered */
  constructor(readonly keys: ReadonlySet<string>) {
    super("refused", "the session that asks for it is over");
  }
}

/** Operations that are done all or none. */
export interface Batch {
  readonly place: Place;
  /** By which lane of it they go. */
  readonly lane: number;
  /** What the lane's key tells of them: sealed, and so like that of no other batch. */
  readonly told: Uint8Array;
  readonly operations: readonly Operation[];
  /** Where the sessions are registered that ask for it, all of which have to be. */
  readonly sessions: readonly string[];
}

/**
 * Does the operations of a batch. Nothing else may be on its way by that lane.
 *
 * @returns their revision
 * @throws {PlaceLost}
 * @throws {SessionsOver}
 * @throws {BitTrickleError} as {@linkcode EtcdClient}; if it is not `refused` they may still be done, until the
 * place is {@linkcode fence fenced}
 */
export async function commit(
  etcd: EtcdClient,
  batch: Batch,
  options: CallOptions,
): Promise<number> {
  const { place, lane, told, operations, sessions } = batch;
  const key = laneKey(place.server, lane);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const outcome = await etcd.transact({
      if: [
        { key: serverKey(place.server), revision: place.revision },
        { key, revision: place.lanes[lane]! },
        ...sessions.map((key) => ({ key, lease: place.lease })),
      ],
      then: [...operations, { kind: "put", key, value: told, lease: place.lease }],
      else: [serverKey(place.server), key, ...sessions].map((key) => ({ kind: "get", key })),
    }, options);
    const revision = revisionOfBatch(outcome, batch);
    if (revision !== undefined) return revision;
  }
  throw new BitTrickleError("network", "etcd has not done it, and does not say why");
}

/** In which revision the batch was done; nothing if it was not, and can be tried again. */
function revisionOfBatch({ isDone, revision, got }: Outcome, batch: Batch): number | undefined {
  const { place, lane, told, sessions } = batch;
  if (isDone) return place.lanes[lane] = revision;
  const [server, last, ...registered] = got.map(([entry]) => entry);
  if (!server || !last) throw new PlaceLost();
  place.revision = Math.max(place.revision, server.revision);
  place.lanes[lane] = Math.max(place.lanes[lane]!, last.revision);
  if (isSame(last, told)) return last.revision;
  const over = sessions.filter((_, i) => registered[i]?.lease !== place.lease);
  if (over.length > 0) throw new SessionsOver(new Set(over));
  return undefined;
}

/**
 * Makes sure that nothing which was sent from `place` before, and is not done yet, ever will be.
 *
 * @throws {PlaceLost} if it is lost, which comes to the same
 * @throws {BitTrickleError} as {@linkcode EtcdClient}
 */
export async function fence(etcd: EtcdClient, place: Place, signal: AbortSignal): Promise<void> {
  const key = serverKey(place.server);
  const all = place.lanes.map((_, lane) => laneKey(place.server, lane));
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const { isDone, revision, got } = await etcd.transact({
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
