/**
 * `deno task fleet`: one etcd, two servers and two clients on this machine, of which one server dies.
 *
 * @module
 */

import { toStderr, toStdout, written } from "../lib/cli/write.ts";
import { HAS_ETCD } from "./support/etcd.ts";
import { runFleetDemo } from "./support/fleet_demo.ts";

if (import.meta.main) {
  const code = await run();
  await written();
  Deno.exit(code);
}

async function run(): Promise<number> {
  if (HAS_ETCD) return await runFleetDemo((line) => toStdout(`${line}\n`)) ? 0 : 1;
  toStderr("etcd is not installed: on Debian, `apt-get install etcd-server`\n");
  return 2;
}
