/**
 * From what the index replies to what protocol 2 sends.
 *
 * @module
 */

import type { MaybePromise } from "../../async/maybe_promise.ts";
import { BitTrickleError } from "../../errors.ts";
import { sealInto, TAG_BYTES } from "../../protocol/aead.ts";
import { DATAGRAM_BYTES } from "../../protocol/limits.ts";
import type { Reply } from "../../protocol/messages.ts";
import { encodeSealedReply } from "../../protocol/sealed_reply.ts";
import type { SessionKeys } from "../../protocol/session_keys.ts";

/** Where a reply is written before it is sealed. */
const BUFFER = new Uint8Array(DATAGRAM_BYTES);

/** Clients learn the index's clock, by which tickets expire. */
export function withTime(reply: Reply | undefined, now: number): Reply {
  if (!reply) return { kind: "done", time: Math.floor(now) };
  return reply.kind === "welcome" ? { ...reply, time: Math.floor(now) } : reply;
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

/** The message that answers the one with this `header` and `number`. */
export function sealReply(
  { toClient }: SessionKeys,
  number: number,
  header: Uint8Array,
  reply: Reply,
): Uint8Array {
  const text = encodeSealedReply(reply, BUFFER);
  const message = new Uint8Array(header.length + text.length + TAG_BYTES);
  message.set(header);
  sealInto(message.subarray(header.length), toClient, number, header, text);
  return message;
}
