/**
 * Sessions as keys and values of etcd.
 *
 * @module
 */

import type { EtcdClient, Operation, Outcome } from "../etcd/etcd_client.ts";
import type { CallOptions } from "../etcd/gateway.ts";
import { serverKey, SESSIONS } from "./layout.ts";
import type { Place } from "./membership.ts";
import type { Correction, Registration } from "./own_sessions.ts";
import type { Secrets } from "./secrets.ts";
import type { TakenPlace } from "./session_places.ts";
import { decodeSession, encodeSession, type RegisteredSession } from "./session_value.ts";

/** Reads and changes what etcd has of sessions. All calls throw as {@linkcode EtcdClient}. */
export class SessionRecords {
  readonly #etcd: EtcdClient;
  readonly #secrets: Secrets;

  constructor(etcd: EtcdClient, secrets: Secrets) {
    this.#etcd = etcd;
    this.#secrets = secrets;
  }

  /** What the keys of the places of `user` begin with. */
  below(user: string): string {
    return `${SESSIONS}${this.#secrets.mark("session", user)}/`;
  }

  /** The session that is sealed as the value of `key`, or `undefined` if it is none. */
  open(key: string, value: Uint8Array): RegisteredSession | undefined {
    const bytes = this.#secrets.open(key, value);
    return bytes && decodeSession(bytes);
  }

  /** The places that are taken of those whose keys begin with `below`. */
  async taken(below: string, options: CallOptions): Promise<TakenPlace[]> {
    const { entries } = await this.#etcd.range({ prefix: below }, options);
    return entries.map(({ key, value, revision }) => {
      return { key, revision, name: this.open(key, value)?.session.name };
    });
  }

  /**
   * Puts a session from `place` where nothing has changed, after `before` has been done. Returns the revision in
   * which that was done.
   */
  async put(
    put: Registration,
    place: Place,
    before: readonly Operation[],
    options: CallOptions,
  ): Promise<number | undefined> {
    const outcome = await this.correct([put], place, before, options);
    if (outcome.isDone) return outcome.revision;
    // The answer to an earlier attempt may have been lost.
    const there = outcome.got[0]?.[0];
    const name = there && this.open(there.key, there.value)?.session.name;
    return name === put.shared.name ? there!.revision : undefined;
  }

  /**
   * Makes corrections from `place`, all or none, after `before` has been done. What is got is each of their keys, if
   * they were not made.
   */
  async correct(
    corrections: readonly Correction[],
    { server, revision, lease }: Place,
    before: readonly Operation[],
    options: CallOptions,
  ): Promise<Outcome> {
    return await this.#etcd.transact({
      if: [{ key: serverKey(server), revision }, ...corrections],
      then: [...before, ...corrections.map((it) => this.#operation(it, { server, lease }))],
      else: corrections.map(({ key }) => ({ kind: "get", key })),
    }, options);
  }

  #operation(
    { key, shared }: Correction,
    { server, lease }: Pick<Place, "server" | "lease">,
  ): Operation {
    if (!shared) return { kind: "delete", key };
    const value = this.#secrets.seal(key, encodeSession({ server, session: shared }));
    return { kind: "put", key, value, lease };
  }
}
