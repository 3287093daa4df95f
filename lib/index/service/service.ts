/**
 * Both protocols on one socket.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import { isSealed } from "../../protocol/sealed_datagram.ts";
import type { Index } from "../index.ts";
import { LoginHandler } from "../login/login_handler.ts";
import type { LoginRecords } from "../login/login_records.ts";
import { deriveResetKey } from "../login/server_keys.ts";
import { ResetValues } from "../sessions/reset_values.ts";
import type { MaybePromise } from "../../async/maybe_promise.ts";
import { PlainService, type PlainServiceOptions } from "./plain_service.ts";
import type { SealedLoginsOptions } from "./sealed_logins.ts";
import { SealedService } from "./sealed_service.ts";

/** How a {@linkcode Service} is set up. */
export interface ServiceOptions extends PlainServiceOptions, SealedLoginsOptions {
  /** The server's long-term key, as the OPAQUE library made it. */
  readonly setup: string;
  /** Tells this server from others with the same key, and is the same after a restart. */
  readonly instance: string;
  readonly records: LoginRecords;
}

/** Answers datagrams of both protocols out of one {@linkcode Index}. */
export class Service {
  readonly #index: Index;
  readonly #plain: PlainService;
  readonly #sealed: SealedService;

  constructor(index: Index, { setup, instance, records, ...options }: ServiceOptions) {
    this.#index = index;
    this.#plain = new PlainService(index, options);
    const loginHandler = new LoginHandler(index, setup, records);
    const resetValues = new ResetValues(deriveResetKey(setup, instance));
    this.#sealed = new SealedService(index, loginHandler, resetValues, options);
  }

  /**
   * The answer to `datagram`, or `undefined` for silence. Never throws, whatever is in it. Its bytes
   * are used during the call only, even if the answer comes later.
   *
   * @param buffer Where an answer that is due at once may be written.
   */
  answer(
    datagram: Uint8Array,
    from: Address,
    now: number,
    buffer?: Uint8Array,
  ): MaybePromise<Uint8Array | undefined> {
    if (isSealed(datagram)) return this.#sealed.answer(datagram, from, now);
    return this.#plain.answer(datagram, from, now, buffer);
  }

  /** What tells each session of protocol 2 that the index stops, and where to. */
  farewells(now: number): Iterable<readonly [datagram: Uint8Array, to: Address]> {
    return this.#sealed.farewells(now);
  }

  /** Tells of those who have not gone on with a login, and forgets what is long over. */
  expire(now: number): void {
    this.#index.expire(now);
    this.#sealed.expire(now);
  }
}
