/**
 * The real server with a watch on how long it works on one request, started with the same arguments.
 * Every line of input is answered by what was seen since the last one.
 *
 * @module
 */

import { type Defer, LongWork } from "../../lib/index/long_work.ts";
import { type Answer, DatagramSocket } from "../../lib/net/datagrams.ts";
import { parseServerFlags, type ServerFlags } from "../../lib/server/flags.ts";
import { runServer } from "../../lib/server/server_program.ts";
import { answerLines } from "../lines.ts";

/** The longest that one request may keep all others waiting, in milliseconds. */
export const LONGEST_MS = 5;

/** The longest that one request kept all others waiting: processor time, as the core is shared. */
export interface Watched {
  readonly longestMs: number;
}

const CLOCK_THREAD_CPUTIME_ID = 3;
let longestMs = 0;

/** Measures processor time of this thread, which others on the same core do not increase. */
function openThreadClock(): () => number {
  const { symbols: c } = Deno.dlopen("libc.so.6", {
    clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  });
  const time = new BigInt64Array(2); // struct timespec: seconds and nanoseconds.
  return () => {
    c.clock_gettime(CLOCK_THREAD_CPUTIME_ID, time);
    return Number(time[0]) * 1e3 + Number(time[1]) / 1e6;
  };
}

/** Watches what is answered at once, and lists, searches and logins, which are answered later. */
function watch(): void {
  const threadTime = openThreadClock();
  const timed = <T>(work: () => T): T => {
    const began = threadTime();
    const result = work();
    longestMs = Math.max(longestMs, threadTime() - began);
    return result;
  };
  const { serve } = DatagramSocket.prototype;
  DatagramSocket.prototype.serve = function (this: DatagramSocket, answer: Answer) {
    return serve.call(this, (...args) => timed(() => answer(...args)));
  };
  const { queue } = LongWork.prototype;
  LongWork.prototype.queue = function (this: LongWork): Defer {
    const defer = queue.call(this);
    return (owner, work) => defer(owner, () => timed(work));
  };
}

async function tell(): Promise<never> {
  await answerLines((): Watched => {
    const watched = { longestMs };
    longestMs = 0;
    return watched;
  });
  Deno.exit(); // The one who asks has gone.
}

if (import.meta.main) {
  watch();
  tell();
  await runServer(parseServerFlags(Deno.args) as ServerFlags);
  Deno.exit();
}
