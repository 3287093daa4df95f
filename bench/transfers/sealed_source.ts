/**
 * A peer that serves one file to whoever has a ticket: `sealed_source.ts <folder> <name>`. Prints its
 * port and the file's id.
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { ConnectionListener } from "../../lib/net/connection.ts";
import { identify } from "../../lib/peer/share/identify.ts";
import { SharedFiles } from "../../lib/peer/share/shared_files.ts";
import { Uploads } from "../../lib/peer/upload/uploads.ts";
import { openTicket } from "../../lib/protocol/ticket.ts";
import { TICKET_KEY } from "./ticket_key.ts";

const [folder = "", name = ""] = Deno.args;
const sharedFiles = new SharedFiles(folder);
const file = await sharedFiles.open(name);
const identity = await identify(file);
await file.close();
sharedFiles.add(name, identity);
const listener = ConnectionListener.bind({ hostname: "127.0.0.1", port: 0 });
new Uploads(listener, sharedFiles, { openTicket: (ticket) => openTicket(TICKET_KEY, ticket) });
toStdout(`${listener.address.port} ${identity.id}\n`);
