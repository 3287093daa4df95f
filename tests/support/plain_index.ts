/**
 * An index that is asked in the texts of protocol 1.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { formatPlainReply } from "../../lib/protocol/plain_reply.ts";
import { decodePlainRequest } from "../../lib/protocol/plain_request.ts";
import { atOnce } from "./at_once.ts";
import { HANS, VADER, YODA } from "./users.ts";

/** An index that knows hans, vader, yoda and chewy. */
export class PlainIndex {
  readonly index = new Index(Accounts.parse("hans h\nvader v\nyoda y\nchewy c"));

  ask(text: string, from: Address, now = 0): string | undefined {
    const request = decodePlainRequest(new TextEncoder().encode(text));
    const reply = atOnce(this.index.handle(request, from, now));
    return reply && formatPlainReply(reply);
  }
}

/** An index at which hans, vader and yoda are logged in. */
export function threeActive(): PlainIndex {
  const index = new PlainIndex();
  assertEquals(index.ask("login hans h 5001", HANS), "Welcome to BitTrickle!");
  assertEquals(index.ask("login vader v 5002", VADER), "Welcome to BitTrickle!");
  assertEquals(index.ask("login yoda y 5003", YODA), "Welcome to BitTrickle!");
  return index;
}
