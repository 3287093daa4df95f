/**
 * Events that browsers follow (server-sent events, HTML Living Standard section 9.2). Each is encoded
 * once for all. Who is too slow for one does not get it, and who takes nothing is dropped: nothing is
 * kept for anybody. Where there is no room for all, hosts get as many as each other.
 *
 * @module
 */

import { interrupted } from "../../errors.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { Connections } from "./connections.ts";
import type { WriteStream } from "./response.ts";

/** Most browsers that follow at once: each gets some kilobytes a second. */
export const MOST_LISTENERS = 64;

/** What happens: data in JSON. */
export interface StreamEvent {
  readonly name: "status" | "sample";
  readonly data: string;
}

/** Somebody who follows. */
interface Listener {
  next: PromiseWithResolvers<Uint8Array>;
  isWriting: boolean;
  readonly end: PromiseWithResolvers<void>;
}

/** Those who follow. */
export class EventStreams {
  readonly #listeners = new Connections<Listener>(MOST_LISTENERS);
  readonly #onWatched: (isWatched: boolean) => void;

  /** @param onWatched Hears whether anybody follows */
  constructor(onWatched: (isWatched: boolean) => void) {
    this.#onWatched = onWatched;
  }

  /** Whether there is room for one more from `hostname`. */
  hasRoomFor(hostname: string): boolean {
    return this.#listeners.hasRoomFor(hostname);
  }

  /**
   * Sends what happens to one more, until writing fails or others need its place. `first` is the
   * status now, in JSON.
   */
  follow(hostname: string, first: string): WriteStream {
    return async (write, gone) => {
      const listener = { next: nextBytes(), isWriting: true, end: Promise.withResolvers<void>() };
      gone.then(listener.end.resolve);
      this.#add(listener, hostname);
      const telling = tell(listener, write, first);
      try {
        await Promise.race([telling, listener.end.promise]);
      } finally {
        this.#remove(listener);
        telling.catch(() => {}); // It ends with the connection.
        listener.next.reject(interrupted());
      }
    };
  }

  /** Sends what has happened to all who have taken what was sent before. */
  send(events: readonly StreamEvent[]): void {
    const bytes = encodeUtf8(events.map(formatEvent).join(""));
    for (const listener of this.#listeners.all) {
      if (!listener.isWriting) listener.next.resolve(bytes);
    }
  }

  /** Sends nothing more to anybody who follows now. */
  endAll(): void {
    for (const { end } of this.#listeners.all) end.resolve();
  }

  #add(listener: Listener, hostname: string): void {
    this.#listeners.enter(listener, hostname)?.end.resolve();
    this.#listeners.change(listener, false);
    if (this.#listeners.size === 1) this.#onWatched(true);
  }

  #remove(listener: Listener): void {
    const before = this.#listeners.size;
    this.#listeners.leave(listener);
    if (before === 1 && this.#listeners.size === 0) this.#onWatched(false);
  }
}

async function tell(
  listener: Listener,
  write: (bytes: Uint8Array) => Promise<void>,
  first: string,
): Promise<void> {
  await write(encodeUtf8(formatEvent({ name: "status", data: first })));
  for (;;) {
    listener.next = nextBytes();
    listener.isWriting = false;
    const bytes = await listener.next.promise;
    listener.isWriting = true;
    await write(bytes);
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
