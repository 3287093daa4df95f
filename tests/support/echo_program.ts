/**
 * A program that asks a source for an echo: `echo_program.ts <host> <port> <label> <authority in PEM>`.
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { openTransfer } from "../../lib/peer/transfer/handshake.ts";

const [hostname = "", port = "", label = "", authority = ""] = Deno.args;
const expected = { label, authority };
const stream = await openTransfer({ hostname, port: Number(port) }, expected, { stallMs: 10_000 });
await stream.send(new TextEncoder().encode(`it is ${new Date().getUTCFullYear()}`));
toStdout(new TextDecoder().decode(await stream.receive(100)));
stream.connection.close();
