/**
 * Telling the service manager how things are, as `sd_notify(3)` does.
 *
 * @module
 */

import { join } from "@std/path";
import { withTimeout } from "../async/with_timeout.ts";

/** How long a service manager that takes no notices is waited for, in milliseconds. */
const NOTICE_MS = 1_000;

/** How much time a service manager is asked for, and how often, in milliseconds. */
const MORE_MS = 60_000;
const ASK_MS = 20_000;

/**
 * What `work` comes to. Meanwhile whoever waits for this program to be ready is asked for more time:
 * reading all of a folder may take hours, and systemd gives a service a minute and a half.
 *
 * @throws what `work` throws
 */
export async function inMoreTime<T>(work: () => Promise<T>): Promise<T> {
  // What cannot be told now is said where it matters, at the end.
  const ask = () => notifyService(`EXTEND_TIMEOUT_USEC=${MORE_MS * 1_000}`).catch(() => {});
  await ask();
  const timer = setInterval(ask, ASK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/**
 * Tells whoever started this program and waits for that, as systemd does for `Type=notify`: `READY=1`,
 * `STOPPING=1`. Nobody is told where nobody asked for it.
 *
 * @throws if the service manager cannot be reached
 */
export async function notifyService(state: string): Promise<void> {
  const socket = Deno.build.os === "windows" ? undefined : Deno.env.get("NOTIFY_SOCKET");
  if (!socket) return;
  // A datagram comes from a socket with a name, which is a file.
  const folder = await Deno.makeTempDir({ prefix: "bittrickle-" });
  try {
    await send(join(folder, "notify"), pathOf(socket), state);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * How often the service manager wants to be told `WATCHDOG=1`, in milliseconds, or `undefined` if it
 * does not. As `sd_watchdog_enabled(3)` has it, a service tells twice as often as it must.
 */
export function watchdogInterval(): number | undefined {
  if (Deno.build.os === "windows") return undefined;
  const [limit, pid] = [Deno.env.get("WATCHDOG_USEC"), Deno.env.get("WATCHDOG_PID")];
  const isForUs = pid === undefined || Number(pid) === Deno.pid;
  const ms = Number(limit) / 2_000;
  return isForUs && ms >= 1 && ms <= LONGEST_INTERVAL_MS ? ms : undefined;
}

/** Longest interval of a timer, in milliseconds: a watchdog of 49 days watches nothing. */
const LONGEST_INTERVAL_MS = 2 ** 31 - 1;

async function send(from: string, to: string, text: string): Promise<void> {
  const socket = Deno.listenDatagram({ transport: "unixpacket", path: from });
  try {
    const sent = socket.send(new TextEncoder().encode(text), { transport: "unixpacket", path: to });
    if (await withTimeout(sent, NOTICE_MS) === undefined) throw new Error("it takes no notices");
  } finally {
    socket.close();
  }
}

/** A name in the abstract namespace of Linux is written with `@`, and begins with a zero. */
function pathOf(socket: string): string {
  return socket.startsWith("@") ? `\0${socket.slice(1)}` : socket;
}
