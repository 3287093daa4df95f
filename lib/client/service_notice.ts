/**
 * Telling the service manager how things are, as `sd_notify(3)` does.
 *
 * @module
 */

import { join } from "@std/path";

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
