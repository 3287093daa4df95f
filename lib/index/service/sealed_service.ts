/**
 * Protocol 2 as a service: a datagram in, a datagram or silence out.
 *
 * @module
 */

import type { MaybePromise } from "../../async/maybe_promise.ts";
import { BitTrickleError } from "../../errors.ts";
import { type Address, isSameAddress } from "../../protocol/address.ts";
import type { Reply } from "../../protocol/messages.ts";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
  type SealedDatagram,
} from "../../protocol/sealed_datagram.ts";
import { HEADER_BYTES, type SealedMessage } from "../../protocol/sealed_message.ts";
import { decodeSealedRequest } from "../../protocol/sealed_request.ts";
import { boxLength, openText } from "../../protocol/sealed_text.ts";
import type { Index } from "../index.ts";
import type { LoginHandler } from "../login/login_handler.ts";
import type { ResetValues } from "../sessions/reset_values.ts";
import { isActive, type Sealed, type SealedSession } from "../sessions/sessions.ts";
import { Reporter } from "./reporter.ts";
import { type OpenedMessage, Roaming } from "./roaming.ts";
import { orAlive, orError, sealReply } from "./sealed_answer.ts";
import { SealedLogins, type SealedLoginsOptions } from "./sealed_logins.ts";

/** No message has a shorter one; that of a shorter datagram would be shorter than a reset. */
const SHORTEST_BOX = boxLength(1);

/** Answers the datagrams of protocol 2 out of an {@linkcode Index}. */
export class SealedService {
  readonly #index: Index;
  readonly #logins: SealedLogins;
  readonly #resetValues: ResetValues;
  readonly #roaming = new Roaming();
  readonly #reporter: Reporter;

  constructor(
    index: Index,
    handler: LoginHandler,
    resetValues: ResetValues,
    options: SealedLoginsOptions = {},
  ) {
    this.#index = index;
    this.#logins = new SealedLogins(index, handler, resetValues, options);
    this.#resetValues = resetValues;
    this.#reporter = new Reporter(options.onEvent, (user) => index.invitations.describe(user));
  }

  /**
   * The answer to `datagram`, or `undefined` for silence. To an address that has not proven itself
   * no answer is longer than its cause, and no answer is ever given to an answer.
   */
  answer(datagram: Uint8Array, from: Address, now: number): MaybePromise<Uint8Array | undefined> {
    const message = decode(datagram);
    switch (message?.kind) {
      case "hello":
        return this.#logins.greet(message, from, now);
      case "login":
        return this.#logins.logIn(message, from, now);
      case "message":
        return this.#hear(message, datagram.subarray(0, HEADER_BYTES), from, now);
    }
    return this.#reporter.drop(from, "malformed");
  }

  /** Tells of those who have not gone on with a login. */
  expire(now: number): void {
    this.#logins.expire(now);
  }

  /** What tells each active session that it is over, and where to. */
  *farewells(now: number): Generator<readonly [datagram: Uint8Array, to: Address]> {
    for (const { sealed, address } of this.#index.sealedSessions(now)) {
      yield [this.#resetOf(sealed.keys), address];
    }
  }

  /** `header` is the message's: its answer has the same. */
  #hear(
    message: SealedMessage,
    header: Uint8Array,
    from: Address,
    now: number,
  ): MaybePromise<Uint8Array> | undefined {
    const session = this.#index.sealedSession(message.session);
    const { number, box } = message;
    if (!session) {
      this.#reporter.drop(from, "unknown session");
      return box.length < SHORTEST_BOX ? undefined : this.#resetOf(message);
    }
    const text = openText(session.sealed.keys.toIndex, number, header, box);
    if (!text) return this.#reporter.drop(from, "not authentic");
    const opened = { number, header, text };
    if (isSameAddress(session.address, from)) return this.#run(session, opened, now);
    // Only the client can have made it, but anybody can have sent it on.
    if (!isActive(session, now)) return this.#resetOf(message);
    const isProven = this.#roaming.moves(session, opened, from, now) ||
      this.#roaming.adds(session, opened, from, now);
    return isProven
      ? this.#run(session, opened, now)
      : this.#roaming.answer(session, opened, from, now);
  }

  #run(
    session: SealedSession,
    { number, header, text }: OpenedMessage,
    now: number,
  ): MaybePromise<Uint8Array> | undefined {
    const sealed = session.sealed;
    const { window } = sealed;
    this.#roaming.heardAtHome(sealed, number);
    if (!window.isFresh(number)) return this.#again(session, number, text, now);
    if (!isActive(session, now)) return this.#resetOf(sealed.keys);
    const reply = this.#reply(text, session, now);
    if (!(reply instanceof Promise)) {
      return conclude(sealed, number, header, orAlive(reply, session, now));
    }
    window.keep(number, undefined);
    const kept = header.slice(); // The datagram it is a part of is overwritten meanwhile.
    return reply.then((reply) => conclude(sealed, number, kept, reply));
  }

  /** The reply to a request that comes again. After the end somebody else may have the address. */
  #again(
    session: SealedSession,
    number: number,
    text: Uint8Array,
    now: number,
  ): Uint8Array | undefined {
    const { window, keys } = session.sealed;
    this.#reporter.drop(session.address, "repeated");
    const reply = window.replyTo(number);
    const isLonger = reply && reply.length > HEADER_BYTES + boxLength(text.length);
    return isLonger && !isActive(session, now) ? this.#resetOf(keys) : reply;
  }

  #reply(text: Uint8Array, session: SealedSession, now: number): MaybePromise<Reply> | undefined {
    const { user, address: from } = session;
    return orError(() => {
      const request = decodeSealedRequest(text, user);
      const asked = { request, from, now, cause: "session" } as const;
      return this.#reporter.about(asked, () => this.#index.serve(request, session, now));
    }, () => {
      this.#reporter.drop(from, "malformed");
      // A new authenticated message counts as a heartbeat, even if it is malformed.
      return this.#index.serve({ verb: "heartbeat", user }, session, now);
    });
  }

  /** Tells the client to log in again. Shorter than any message. */
  #resetOf({ session }: { readonly session: string }): Uint8Array {
    return encodeSealedDatagram({ kind: "reset", session, value: this.#resetValues.of(session) });
  }
}

function decode(datagram: Uint8Array): SealedDatagram | undefined {
  try {
    return decodeSealedDatagram(datagram);
  } catch (error) {
    if (error instanceof BitTrickleError) return undefined;
    throw error;
  }
}

/** Seals the reply to request `number` and keeps it for when the request comes again. */
function conclude(
  { keys, window }: Sealed,
  number: number,
  header: Uint8Array,
  reply: Reply,
): Uint8Array {
  const answer = sealReply(keys.toClient, number, header, reply);
  window.keep(number, answer);
  return answer;
}
