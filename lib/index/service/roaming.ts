/**
 * Sessions that are spoken to from another address than theirs, by the rules of QUIC (RFC 9000 section
 * 9): an address is proven before anything is sent there that is longer than what came from it.
 *
 * @module
 */

import { type Address, isSameAddress, isSameKind, unmapped } from "../../protocol/address.ts";
import { OTHER_ADDRESS_MS } from "../../protocol/address_limits.ts";
import { decodeSealedRequest, type SealedRequest } from "../../protocol/sealed_request.ts";
import { AddressTokens } from "../login/address_token.ts";
import type { Candidate, Sealed, SealedSession } from "../sessions/sessions.ts";
import { sealReply } from "./sealed_answer.ts";

/** A message that only the client of a session can have made. */
export interface OpenedMessage {
  readonly number: number;
  readonly header: Uint8Array;
  readonly text: Uint8Array;
}

/** Lets sessions move, each to one address at a time. */
export class Roaming {
  readonly #tokens = new AddressTokens();

  /**
   * Takes in a message to `session`, one of protocol 2, that came from another address than the
   * session's. Returns whether the session has moved there, so that the message is one like any other.
   */
  moves(session: SealedSession, message: OpenedMessage, from: Address, now: number): boolean {
    const { window, keys, candidate } = session.sealed;
    const isCandidate = candidate !== undefined && isSameAddress(candidate.address, from);
    if (!isCandidate || !window.isNewest(message.number)) return false;
    const move = moveIn(message.text);
    if (!move || move.isAlso) return false;
    if (!this.#tokens.isGood(move.token, from, now, keys.session)) return false;
    session.address = from;
    session.sealed.candidate = undefined;
    session.sealed.other = undefined;
    return true;
  }

  /**
   * Takes in a message to `session` by which its client may prove that it is at `from` as well, an
   * address of the other kind. Returns whether it does, so that the message is one like any other. The
   * token makes it as good from there as any: it need not be the newest.
   */
  adds(session: SealedSession, { text }: OpenedMessage, from: Address, now: number): boolean {
    const sealed = session.sealed;
    const move = moveIn(text);
    if (!move?.isAlso || isSameKind(from.hostname, session.address.hostname)) return false;
    if (!this.#tokens.isGood(move.token, from, now, sealed.keys.session)) return false;
    sealed.other = { hostname: unmapped(from.hostname), until: now + OTHER_ADDRESS_MS };
    return true;
  }

  /**
   * Takes in that message `number` came from the session's own address. If the candidate's is not newer,
   * the client is still there: somebody else sends its messages on, and is quicker.
   */
  heardAtHome(sealed: Sealed, number: number): void {
    if (sealed.candidate && number >= sealed.candidate.number) sealed.candidate = undefined;
  }

  /**
   * What such a message is answered that moves nothing. The newest of all may become one that does: its
   * sender is told a token, and the request is not run. It may yet come from where the session is, or
   * will be: so the answer has a key of its own, and the number is not used. Anybody can have sent on an
   * older one.
   */
  answer(
    session: SealedSession,
    { number, header }: OpenedMessage,
    from: Address,
    now: number,
  ): Uint8Array | undefined {
    const sealed = session.sealed;
    const { keys, window, candidate, asked = 0 } = sealed;
    if (number <= asked || !window.isNewest(number)) return repeated(candidate, number, from);
    const token = this.#tokens.issue(from, now, keys.session);
    const answer = sealReply(keys.moves, number, header, { kind: "moved", token });
    sealed.asked = number;
    sealed.candidate = { address: from, number, answer };
    return answer;
  }
}

function repeated(candidate: Candidate | undefined, number: number, from: Address) {
  const isSame = candidate?.number === number && isSameAddress(candidate.address, from);
  return isSame ? candidate.answer : undefined;
}

/** The `move` in a text; whatever else it is, it is read when it is run. */
function moveIn(text: Uint8Array): (SealedRequest & { verb: "move" }) | undefined {
  try {
    const request = decodeSealedRequest(text, "");
    return request.verb === "move" ? request : undefined;
  } catch {
    return undefined;
  }
}
