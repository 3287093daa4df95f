/**
 * A peer that serves one file with the code of the client: `our_source.ts <folder> <name>`.
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { ConnectionListener } from "../../lib/net/connection.ts";
import { SharedFiles } from "../../lib/peer/share/shared_files.ts";
import { Uploads } from "../../lib/peer/upload/uploads.ts";

const [folder = "", name = ""] = Deno.args;
const sharedFiles = new SharedFiles(folder);
await sharedFiles.check(name);
sharedFiles.add(name);
const listener = ConnectionListener.bind({ hostname: "127.0.0.1", port: 0 });
new Uploads(listener, sharedFiles);
toStdout(`${listener.address.port}\n`);
