/**
 * The real server with a watch on how long it is busy with one thing. Every line of input is answered
 * by what was seen since the last one. `watched_server.ts <port> <credentials>`
 *
 * @module
 */

import { MEMORY } from "../../lib/server/data_flags.ts";
import { runServer } from "../../lib/server/server_program.ts";
import { toStdout } from "../../lib/cli/write.ts";
import { type Defer, LongWork } from "../../lib/index/long_work.ts";
import { type Answer, DatagramSocket } from "../../lib/net/datagrams.ts";
import { linesOf } from "../lines.ts";
import { LONGEST_MS } from "./names.ts";
import { threadTime } from "./thread_clock.ts";

/** In milliseconds. */
export interface Watched {
  /** The longest that one request kept everybody waiting: processor time, as the core is shared. */
  readonly longestAnswer: number;
  /** How that one began. */
  readonly longestWas: string;
  /** How many kept everybody waiting for longer than {@linkcode LONGEST_MS}. */
  readonly slowAnswers: number;
  /** The latest that a timer ever was, which whatever else the machine does makes later. */
  readonly latestTimer: number;
}

const NOTHING: Watched = { longestAnswer: 0, longestWas: "", slowAnswers: 0, latestTimer: 0 };
const TICK_MS = 2;
/** Enough to tell requests apart. */
const BEGINNING_BYTES = 5;
let seen = NOTHING;

function watchAnswers(): void {
  const { prototype } = DatagramSocket;
  const serve = prototype.serve;
  prototype.serve = function (this: DatagramSocket, answer: Answer) {
    return serve.call(this, (datagram, from, room) => {
      const began = threadTime();
      const reply = answer(datagram, from, room);
      const beginning = datagram.subarray(0, BEGINNING_BYTES);
      note(threadTime() - began, () => new TextDecoder().decode(beginning).trim());
      return reply;
    });
  };
}

/** Lists, searches and logins, which are answered later. */
function watchLongWork(): void {
  const { prototype } = LongWork;
  const queue = prototype.queue;
  prototype.queue = function (this: LongWork): Defer {
    const defer = queue.call(this);
    return (owner, work) => {
      return defer(owner, () => {
        const began = threadTime();
        const result = work();
        note(threadTime() - began, () => "list or login");
        return result;
      });
    };
  };
}

function note(ms: number, describe: () => string): void {
  if (ms > LONGEST_MS) seen = { ...seen, slowAnswers: seen.slowAnswers + 1 };
  if (ms > seen.longestAnswer) seen = { ...seen, longestAnswer: ms, longestWas: describe() };
}

function watchTimers(): void {
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    seen = { ...seen, latestTimer: Math.max(seen.latestTimer, now - last - TICK_MS) };
    last = now;
  }, TICK_MS);
  Deno.unrefTimer(timer);
}

async function tell(): Promise<void> {
  for await (const _ of linesOf(Deno.stdin.readable)) {
    toStdout(`${JSON.stringify(seen)}\n`);
    seen = NOTHING;
  }
  Deno.exit(); // Whoever might ask has gone.
}

if (import.meta.main) {
  watchAnswers();
  watchLongWork();
  watchTimers();
  const [port, credentials] = Deno.args;
  const address = { hostname: "127.0.0.1", port: Number(port) };
  const flags = { address, credentials: credentials!, data: MEMORY } as const;
  tell();
  await runServer({ ...flags, allowPlain: false, log: "off" });
  Deno.exit();
}
