/**
 * Events that browsers follow (server-sent events, HTML Living Standard section 9.2). Each is encoded
 * once for all. Who is too slow for one does not get it, and who takes nothing is dropped: nothing is
 * kept for anybody.
 *
 * @module
 */

import { interrupted } from "../../errors.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import type { WriteStream } from "./response.ts";

/** Most browsers that follow at once: each gets some kilobytes a second. */
export const MOST_LISTENERS = 64;

/** What happens: data in JSON. */
export interface StreamEvent {
  readonly name: "status" | "sample";
  readonly data: string;
}

interface Listener {
  next: PromiseWithResolvers<Uint8Array>;
  isWriting: boolean;
}

/** Those who follow. */
export class EventStreams {
  readonly #listeners = new Set<Listener>();
  readonly #onWatched: (isWatched: boolean) => void;

  /** @param onWatched Hears whether anybody follows */
  constructor(onWatched: (isWatched: boolean) => void) {
    this.#onWatched = onWatched;
  }

  /** Whether there is room for one more. */
  get hasRoom(): boolean {
    return this.#listeners.size < MOST_LISTENERS;
  }

  /** Sends what happens to one more, until writing fails. `first` is the status now, in JSON. */
  follow(first: string): WriteStream {
    return async (write, gone) => {
      const listener: Listener = { next: nextBytes(), isWriting: true };
      gone.then(() => listener.next.reject(interrupted()));
      this.#listeners.add(listener);
      if (this.#listeners.size === 1) this.#onWatched(true);
      try {
        await write(encodeUtf8(formatEvent({ name: "status", data: first })));
        for (;;) {
          listener.next = nextBytes();
          listener.isWriting = false;
          const bytes = await listener.next.promise;
          listener.isWriting = true;
          await write(bytes);
        }
      } finally {
        this.#listeners.delete(listener);
        if (this.#listeners.size === 0) this.#onWatched(false);
      }
    };
  }

  /** Sends what has happened to all who have taken what was sent before. */
  send(events: readonly StreamEvent[]): void {
    const bytes = encodeUtf8(events.map(formatEvent).join(""));
    for (const listener of this.#listeners) {
      if (!listener.isWriting) listener.next.resolve(bytes);
    }
  }
}

function nextBytes(): PromiseWithResolvers<Uint8Array> {
  const next = Promise.withResolvers<Uint8Array>();
  next.promise.catch(() => {}); // Nobody waits while something is written.
  return next;
}

/** JSON holds no line end. */
function formatEvent({ name, data }: StreamEvent): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
