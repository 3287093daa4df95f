/**
 * What a source's refusal means to a downloader.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import type { TransferRefusal } from "../../protocol/transfer.ts";

/** The error of a source that answers `code`. */
export function refusalError(code: TransferRefusal): BitTrickleError {
  switch (code) {
    case 403:
      return new BitTrickleError("refused", "it does not accept the index's ticket");
    case 404:
      return new BitTrickleError("not_found", "it does not serve the file any more");
    case 410:
      return new BitTrickleError("changed", "its file has changed since it was published");
    case 416:
      return new BitTrickleError("not_found", "it has the file in part, and lacks that piece");
    case 503:
      return new BitTrickleError("refused", "it has sent all of those pieces to others just now");
    case 400:
      return new BitTrickleError("refused", "it does not understand the request");
  }
}
