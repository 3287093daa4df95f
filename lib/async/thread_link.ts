/**
 * Listening to a thread that this one has started, see `thread_scope.ts`.
 *
 * @module
 */

import { technicalReason } from "../system_fault.ts";

/** The last word of a thread that has broken down, and why. */
export interface BrokenDown {
  readonly brokenDown: string;
}

/** Who hears of a thread. */
export interface ThreadListener<Reply> {
  readonly onReply: (reply: Reply) => void;
  /** Hears, in one line, why the thread has broken down: it answers nothing any more. */
  readonly onBroken: (reason: string) => void;
}

/** Has `listener` hear what `worker` tells, and returns it. */
export function listenTo<Reply>(worker: Worker, listener: ThreadListener<Reply>): Worker {
  worker.onmessage = ({ data }: MessageEvent<Reply | BrokenDown>) => {
    if (isBrokenDown(data)) listener.onBroken(data.brokenDown);
    else listener.onReply(data);
  };
  // One whose program cannot be read has no last word. Unheard, that would end this program.
  worker.onerror = (event) => {
    event.preventDefault();
    listener.onBroken(technicalReason(event.error ?? event.message));
  };
  return worker;
}

function isBrokenDown(data: unknown): data is BrokenDown {
  return typeof data === "object" && data !== null && "brokenDown" in data;
}
