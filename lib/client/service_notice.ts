/**
 * Telling the service manager how things are, as `sd_notify(3)` does.
 *
 * @module
 */

import { join } from "@std/path";

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

async function send(from: string, to: string, text: string): Promise<void> {
  const socket = Deno.listenDatagram({ transport: "unixpacket", path: from });
  try {
    await socket.send(new TextEncoder().encode(text), { transport: "unixpacket", path: to });
  } finally {
    socket.close();
  }
}

/** A name in the abstract namespace of Linux is written with `@`, and begins with a zero. */
function pathOf(socket: string): string {
  return socket.startsWith("@") ? `\0${socket.slice(1)}` : socket;
}
