/**
 * An upload in clear that has begun, and goes on as fast as the test reads it.
 *
 * @module
 */

import { ReferenceClient } from "../reference/plain_client.ts";
import { askForFile } from "./plain_tcp.ts";

/** More than both sockets' buffers hold, in bytes. */
export const BIG = 32_000_000;

/** Lets vader begin to download `name`, which somebody publishes, and leave the index. */
export async function beginUpload(indexPort: number, name: string): Promise<Deno.TcpConn> {
  const vader = new ReferenceClient(indexPort);
  await vader.login("vader", "pw-vader", 40_000);
  const [, hostname = "", port] = (await vader.ask("get", name)).split(" ");
  await vader.close();
  const socket = await askForFile({ hostname, port: Number(port) }, name);
  await socket.read(new Uint8Array(1));
  return socket;
}
