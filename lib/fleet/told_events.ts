/**
 * Events as the key of a lane tells them, one after the other:
 *
 *     0    1  kind: 1 publish, 2 publish and adopt, 3 withdraw, 4 withdraw everywhere
 *     1    4  bytes of the publication, u32 big-endian
 *     5       publication, see `publication_value.ts`
 *
 * @module
 */

import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import { PLAIN_SHARE } from "../protocol/share.ts";
import {
  decodePublication,
  type KeptPublication,
  mostBytesOf,
  writePublication,
} from "./publication_value.ts";

const LENGTH_AT = 1;
const PUBLICATION_AT = 5;

const [PUBLISH, ADOPT, WITHDRAW, WITHDRAW_EVERYWHERE] = [1, 2, 3, 4] as const;

/** The bytes of `events`. */
export function encodeEvents(events: readonly CatalogueEvent[]): Uint8Array {
  const most = events.reduce((sum, event) => sum + PUBLICATION_AT + mostBytesOf(event), 0);
  const bytes = new Uint8Array(most);
  return bytes.subarray(0, events.reduce((at, event) => writeEvent(event, bytes, at), 0));
}

/** The events that `bytes` are, or `undefined` if they are none. */
export function decodeEvents(bytes: Uint8Array): CatalogueEvent[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const events: CatalogueEvent[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < PUBLICATION_AT) return undefined;
    const end = at + PUBLICATION_AT + view.getUint32(at + LENGTH_AT);
    if (end > bytes.length) return undefined;
    const publication = decodePublication(bytes.subarray(at + PUBLICATION_AT, end));
    const event = publication && eventOf(bytes[at]!, publication);
    if (!event) return undefined;
    events.push(event);
    at = end;
  }
  return events;
}

function writeEvent(event: CatalogueEvent, bytes: Uint8Array, at: number): number {
  const { user, name, share = PLAIN_SHARE } = event;
  const details = event.kind === "publish" ? event.details : undefined;
  const publicationAt = at + PUBLICATION_AT;
  const end = writePublication({ user, share, name, details }, bytes, publicationAt);
  bytes[at] = kindOf(event);
  new DataView(bytes.buffer).setUint32(at + LENGTH_AT, end - publicationAt);
  return end;
}

function kindOf(event: CatalogueEvent): number {
  if (event.kind === "publish") return event.isAdopted ? ADOPT : PUBLISH;
  return event.isEverywhere ? WITHDRAW_EVERYWHERE : WITHDRAW;
}

function eventOf(kind: number, publication: KeptPublication): CatalogueEvent | undefined {
  const { user, share, name } = publication;
  switch (kind) {
    case PUBLISH:
      return { kind: "publish", ...publication };
    case ADOPT:
      return { kind: "publish", ...publication, isAdopted: true };
    case WITHDRAW:
      return { kind: "withdraw", user, share, name };
    case WITHDRAW_EVERYWHERE:
      return { kind: "withdraw", user, name, isEverywhere: true };
    default:
      return undefined;
  }
}
