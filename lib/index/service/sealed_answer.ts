/**
 * From what the index replies to what protocol 2 sends.
 *
 * @module
 */

import type { MaybePromise } from "../../async/maybe_promise.ts";
import { BitTrickleError } from "../../errors.ts";
import { DATAGRAM_BYTES } from "../../protocol/limits.ts";
import type { Reply } from "../../protocol/messages.ts";
import { encodeSealedReply } from "../../protocol/sealed_reply.ts";
import type { Session } from "../sessions/session.ts";
import { boxLength, sealTextInto } from "../../protocol/sealed_text.ts";

/** Where a reply is written before it is sealed. */
const BUFFER = new Uint8Array(DATAGRAM_BYTES);

/**
 * A heartbeat, to which there is no reply, tells clients the index's clock, by which tickets expire, and
 * whether something was withdrawn that they may serve.
 */
export function orAlive(
  reply: Reply | undefined,
  { withdrawals }: Pick<Session, "withdrawals">,
  now: number,
): Reply {
  const told = withdrawals > 0 ? { withdrawals } : {};
  return reply ?? { kind: "done", time: Math.floor(now), ...told };
}

/**
 * What `run` replies. What it throws about a malformed text, its sender is told, unless `onFault` has
 * something else to say.
 */
export function orError<R extends MaybePromise<Reply> | undefined>(
  run: () => R,
  onFault: () => R | undefined = () => undefined,
): R | Reply {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof BitTrickleError)) throw error;
    return onFault() ?? { kind: "error", code: 400, reason: error.message };
  }
}

/** The datagram that begins with `header` and holds `reply`, under a number that has no other reply. */
export function sealReply(
  key: Uint8Array,
  number: number,
  header: Uint8Array,
  reply: Reply,
): Uint8Array {
  const text = encodeSealedReply(reply, BUFFER);
  const datagram = new Uint8Array(header.length + boxLength(text.length));
  datagram.set(header);
  const box = datagram.subarray(header.length);
  sealTextInto(box, key, number, header, BUFFER, text.length);
  return datagram;
}
