/**
 * A server under a service manager such as systemd: `Type=notify`, `WatchdogSec=`, `systemctl reload`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { FROM_SOURCE, Program } from "../support/program.ts";
import { MAY_RUN } from "../support/permission.ts";
import { ServiceManager } from "../support/service_manager.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CREDENTIALS } from "../support/users.ts";

const ON_UNIX = { ignore: !MAY_RUN || Deno.build.os === "windows" };

async function prepare(): Promise<TempFolder> {
  const home = await TempFolder.make();
  await home.write("credentials.txt", CREDENTIALS);
  return home;
}

function startServer({ path: cwd }: TempFolder, env: Record<string, string>): Program {
  return new Program([...FROM_SOURCE.server, "0", "--log", "json"], { cwd, env });
}

Deno.test("a server tells when it is ready, reads its files and stops", ON_UNIX, async () => {
  await using home = await prepare();
  using manager = new ServiceManager(`${home.path}/manager`);
  await using server = startServer(home, manager.env);
  assertEquals(await manager.next(), "READY=1");
  server.kill("SIGHUP");
  assertEquals(await manager.next(), "RELOADING=1");
  assertEquals(await manager.next(), "READY=1");
  server.kill("SIGTERM");
  assertEquals(await manager.next(), "STOPPING=1");
  assertEquals([await server.ends(), server.stderr], [0, ""]);
});

Deno.test("a server shows a watchdog that it lives", ON_UNIX, async () => {
  await using home = await prepare();
  using manager = new ServiceManager(`${home.path}/manager`);
  await using server = startServer(home, { ...manager.env, WATCHDOG_USEC: "400000" });
  const heard = [await manager.next(), await manager.next(), await manager.next()];
  assertEquals(heard.filter((it) => it === "WATCHDOG=1").length, 2);
  server.kill("SIGTERM");
  assertEquals(await server.ends(), 0);
});

Deno.test("a watchdog of another process is left alone", ON_UNIX, async () => {
  await using home = await prepare();
  using manager = new ServiceManager(`${home.path}/manager`);
  const env = { ...manager.env, WATCHDOG_USEC: "4000", WATCHDOG_PID: "1" };
  await using server = startServer(home, env);
  assertEquals(await manager.next(), "READY=1");
  server.kill("SIGTERM");
  assertEquals([await manager.next(), await server.ends()], ["STOPPING=1", 0]);
});

Deno.test("a service manager that is not there is named once", ON_UNIX, async () => {
  await using home = await prepare();
  const env = { NOTIFY_SOCKET: "/none/of/it", WATCHDOG_USEC: "20000" };
  await using server = startServer(home, env);
  await server.warns("The service manager cannot be told how this server is");
  await server.shows("listening");
  server.kill("SIGTERM");
  assertEquals(await server.ends(), 0);
  assertEquals(server.stderr.trim().split("\n").length, 1);
});
