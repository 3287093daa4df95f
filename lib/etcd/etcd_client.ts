/**
 * What etcd can do, as far as it is needed: ranges, transactions, leases.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import {
  asBytes,
  asCount,
  asId,
  asKey,
  asList,
  asObject,
  type JsonObject,
  odd,
} from "./answers.ts";
import type { CallOptions, Gateway } from "./gateway.ts";

/** A key with its value. Keys are ASCII. */
export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
  /** The revision of the whole store in which it was put. */
  readonly revision: number;
  /** The one in which the key was made. */
  readonly created: number;
  /** How often it was put since. */
  readonly version: number;
  /** The lease that it is on; "0" if it is on none. */
  readonly lease: string;
}

/** Keys of a range at one revision. */
export interface RangePage {
  readonly entries: readonly KeyValue[];
  /** The revision of the store when it was read. */
  readonly revision: number;
  readonly hasMore: boolean;
}

/** What is asked of a range: all keys that begin with `prefix`. */
export interface RangeQuery {
  readonly prefix: string;
  /** The first key. @default {prefix} */
  readonly from?: string | undefined;
  /** The first key that is not meant any more. @default what follows all with the prefix */
  readonly to?: string | undefined;
  /** How the store was at that revision. @default now */
  readonly revision?: number | undefined;
  /** Most keys. @default all */
  readonly limit?: number | undefined;
}

/** One operation of a transaction. */
export type Operation =
  | {
    readonly kind: "put";
    readonly key: string;
    readonly value: Uint8Array;
    /** The key is gone when that lease ends. */
    readonly lease?: string | undefined;
  }
  | { readonly kind: "delete"; readonly key: string }
  | { readonly kind: "delete all"; readonly prefix: string }
  | { readonly kind: "get"; readonly key: string }
  | { readonly kind: "get all"; readonly prefix: string };

/** A condition: the key was put last in that revision, 0 if it is not there; or it is on that lease. */
export type Condition =
  & { readonly key: string }
  & ({ readonly revision: number } | { readonly lease: string });

/** Operations that are done all at once. */
export interface Transaction {
  readonly if: readonly Condition[];
  readonly then: readonly Operation[];
  /** @default nothing */
  readonly else?: readonly Operation[] | undefined;
}

/** What became of a transaction. */
export interface Outcome {
  /** Whether all conditions held. */
  readonly isDone: boolean;
  /** The revision of the store after it: its own, if it has put or deleted something. */
  readonly revision: number;
  /** For each operation that was done, what it has got. */
  readonly got: readonly (readonly KeyValue[])[];
}

/**
 * Typed calls. All throw as {@linkcode Gateway.call}; and `refused` for ever once etcd has turned out to have
 * less than it had: whatever it keeps then is not told to those who know more.
 */
export class EtcdClient {
  /** The newest revision that it is known to have come to. */
  #newest = 0;
  #hasGoneBack = false;

  constructor(readonly gateway: Gateway) {}

  /** Takes in that it has come to `revision`, by what a watch has told. */
  knows(revision: number): void {
    this.#newest = Math.max(this.#newest, revision);
  }

  /** A page of the keys that begin with a prefix, in their order. */
  async range(query: RangeQuery, options?: CallOptions): Promise<RangePage> {
    const { prefix, from = prefix, to = endOf(prefix), revision = 0, limit = 0 } = query;
    const answer = await this.#askForRevision("/v3/kv/range", {
      ...toRange(from, to),
      revision: String(revision),
      limit: String(limit),
    }, options);
    const entries = toEntries(answer.kvs);
    const hasMore = answer.more === true;
    // Who reads on page by page would come to no end.
    const [first, last] = [entries[0], entries.at(-1)];
    const isIn = first && last ? first.key >= from && last.key < to : !hasMore;
    if (!isIn) throw odd("a page");
    return { entries, revision: revisionOf(answer), hasMore };
  }

  /** Does a transaction, which has to be one that may come twice. */
  async transact(transaction: Transaction, options?: CallOptions): Promise<Outcome> {
    const answer = await this.#askForRevision("/v3/kv/txn", {
      compare: transaction.if.map(toCompare),
      success: transaction.then.map(toRequest),
      failure: (transaction.else ?? []).map(toRequest),
    }, options);
    const responses = asList(answer.responses, "responses");
    return {
      isDone: answer.succeeded === true,
      revision: revisionOf(answer),
      got: responses.map((it) => {
        const response = asObject(it, "a response").response_range;
        return response === undefined ? [] : toEntries(asObject(response, "a range").kvs);
      }),
    };
  }

  /** A lease of `seconds`. If an answer is lost there may be others, which end by themselves. */
  async grant(seconds: number, options?: CallOptions): Promise<string> {
    const answer = await this.#ask("/v3/lease/grant", { TTL: String(seconds) }, options);
    return asId(answer.ID, "a lease");
  }

  /** Lets the lease begin anew. Returns its seconds, 0 if it has ended. */
  async keepAlive(lease: string, options?: CallOptions): Promise<number> {
    const answer = await this.#ask("/v3/lease/keepalive", { ID: lease }, options);
    return asCount(answer.TTL, "a time");
  }

  /** Ends a lease, and with it its keys. */
  async revoke(lease: string, options?: CallOptions): Promise<void> {
    await this.gateway.call("/v3/lease/revoke", { ID: lease }, options);
  }

  /** Of two answers the one to the later question has no older revision, whichever nodes they come from. */
  async #askForRevision(
    path: string,
    body: JsonObject,
    options: CallOptions | undefined,
  ): Promise<JsonObject> {
    const known = this.#newest;
    const answer = await this.#ask(path, body, options);
    const revision = revisionOf(answer);
    if (revision < known) this.#hasGoneBack = true;
    this.#assertNotGoneBack();
    this.knows(revision);
    return answer;
  }

  async #ask(
    path: string,
    body: JsonObject,
    options: CallOptions | undefined,
  ): Promise<JsonObject> {
    this.#assertNotGoneBack();
    return await this.gateway.call(path, body, options);
  }

  #assertNotGoneBack(): void {
    if (this.#hasGoneBack) throw new BitTrickleError("refused", WENT_BACK);
  }
}

const WENT_BACK = "etcd has less than it had, as after a restore: start all servers again";

/** The range from `from` to before `to`: of the keys that begin with `from`, if nothing else is said. */
export function toRange(from: string, to = endOf(from)): JsonObject {
  return { key: toBase64(from), range_end: toBase64(to) };
}

/** The revision of the store in the head of an answer. */
export function revisionOf(answer: JsonObject): number {
  const revision = asCount(asObject(answer.header, "a head").revision, "a revision");
  if (revision > 0) return revision;
  throw new BitTrickleError("malformed", "etcd answers without a revision");
}

/** A key with its value, from JSON. */
export function toEntry(value: unknown): KeyValue {
  const entry = asObject(value, "a key");
  return {
    key: asKey(entry.key, "a key"),
    value: asBytes(entry.value, "a value"),
    revision: asCount(entry.mod_revision, "a revision"),
    created: asCount(entry.create_revision, "a revision"),
    version: asCount(entry.version, "a version"),
    lease: asId(entry.lease ?? "0", "a lease"),
  };
}

function toEntries(value: unknown): KeyValue[] {
  return asList(value, "keys").map(toEntry);
}

function toCompare(condition: Condition): JsonObject {
  const target = "lease" in condition
    ? { target: "LEASE", lease: condition.lease }
    : { target: "MOD", mod_revision: String(condition.revision) };
  return { key: toBase64(condition.key), result: "EQUAL", ...target };
}

function toRequest(operation: Operation): JsonObject {
  switch (operation.kind) {
    case "put":
      return {
        request_put: {
          key: toBase64(operation.key),
          value: operation.value.toBase64(),
          lease: operation.lease ?? "0",
        },
      };
    case "delete":
      return { request_delete_range: { key: toBase64(operation.key) } };
    case "delete all":
      return { request_delete_range: toRange(operation.prefix) };
    case "get":
      return { request_range: { key: toBase64(operation.key) } };
    case "get all":
      return { request_range: toRange(operation.prefix) };
  }
}

function toBase64(key: string): string {
  return btoa(key);
}

/** The first key after all that begin with `prefix`. */
function endOf(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
