/**
 * Opening the tickets that a source is shown.
 *
 * @module
 */

import type { ShownTicket } from "../../protocol/ticket.ts";
import type { SealedChannel } from "./sealed_channel.ts";

/** Sessions whose tickets are known: more than a client has while one ticket is good. */
const CHANNELS_KEPT = 4;

/**
 * Opens tickets of this session and of those before it, each as long as it is good: a downloader may not know yet that
 * the source has logged in again, perhaps at another server.
 */
export class TicketOpener {
  /** The newest first. */
  #channels: readonly Pick<SealedChannel, "openTicket">[] = [];

  /** Takes in a new session. */
  add(channel: Pick<SealedChannel, "openTicket">): void {
    this.#channels = [channel, ...this.#channels].slice(0, CHANNELS_KEPT);
  }

  /** What a ticket of the index allows, if it is still good. */
  open(ticket: string): ShownTicket | undefined {
    for (const channel of this.#channels) {
      const opened = channel.openTicket(ticket);
      if (opened) return opened;
    }
  }
}
