/**
 * `deno task fleet`: one etcd, two servers and two clients on this machine, of which one server dies.
 *
 * @module
 */

import { toStderr, toStdout } from "../lib/cli/write.ts";
import { HAS_ETCD } from "./support/etcd.ts";
import { runFleetDemo } from "./support/fleet_demo.ts";

if (import.meta.main) {
  if (!HAS_ETCD) {
    toStderr("etcd is not installed: on Debian, `apt-get install etcd-server`\n");
    Deno.exit(2);
  }
  Deno.exit(await runFleetDemo((line) => toStdout(`${line}\n`)) ? 0 : 1);
}
