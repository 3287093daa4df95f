/**
 * What a source's refusal, or its breach of the protocol, means to a downloader.
 *
 * @module
 */

import { BitTrickleError, type ErrorCode } from "../../errors.ts";
import type { TransferRefusal } from "../../protocol/transfer.ts";

/** The error of a source that answers `code`. */
export function refusalError(code: TransferRefusal): BitTrickleError {
  const [kind, message] = MEANINGS[code];
  return new BitTrickleError(kind, message, { cause: code });
}

/** Whether `error` is that of a source that answers `code`. */
export function isRefusal(error: unknown, code: TransferRefusal): boolean {
  return error instanceof BitTrickleError && error.cause === code;
}

const MEANINGS: Readonly<Record<TransferRefusal, readonly [ErrorCode, string]>> = {
  400: ["refused", "it does not understand the request"],
  403: ["refused", "it does not accept the index's ticket"],
  404: ["not_found", "it does not serve the file any more"],
  410: ["changed", "its file has changed since it was published"],
  416: ["not_found", "it has the file in part, and lacks that piece"],
  503: ["refused", "it has sent all of those pieces to others just now"],
};

/** A peer that violates the protocol is treated like one that sends bad data. */
export function unverifiedIfMalformed(error: unknown): unknown {
  if (!(error instanceof BitTrickleError) || error.code !== "malformed") return error;
  return new BitTrickleError("unverified", error.message, { cause: error });
}
