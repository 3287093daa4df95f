/**
 * The bare limit of uploads: read from the disk, write to the socket.
 * `bare_source.ts <folder> <name>`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { COPY_BYTES } from "../../lib/protocol/limits.ts";

const [folder, name] = Deno.args;
using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
toStdout(`${listener.addr.port}\n`);
for await (using connection of listener) {
  using file = await Deno.open(`${folder}/${name}`);
  const buffer = new Uint8Array(COPY_BYTES);
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    for (let sent = 0; sent < n;) sent += await connection.write(buffer.subarray(sent, n));
  }
}
