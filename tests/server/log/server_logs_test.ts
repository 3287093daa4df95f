import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError, messageOf } from "../../../lib/errors.ts";
import { parseServeFlags, type ServeFlags } from "../../../lib/server/flags/serve_flags.ts";
import { assertLogsApart } from "../../../lib/server/log_places.ts";
import { ServerLogs } from "../../../lib/server/log/server_logs.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const FROM = { hostname: "127.0.0.1", port: 1 };

Deno.test("the audit trail is opened anew even if the log cannot be", {
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const [logFile, audit] = [folder.pathOf("log"), folder.pathOf("audit")];
  const faults: string[] = [];
  {
    await using logs = new ServerLogs({
      ...{ log: "text", logFile, audit },
      output: () => Promise.resolve(),
      onFault: (error) => faults.push(messageOf(error)),
    });
    for (const path of [logFile, audit]) await Deno.rename(path, `${path}.1`);
    await Deno.mkdir(logFile);
    logs.reopen((error) => faults.push(messageOf(error)));
    logs.onEvent?.({ kind: "stopping", from: FROM });
  }
  assertEquals(faults.length, 1);
  const linesIn = async (path: string) => (await Deno.readTextFile(path)).split("\n").length - 1;
  assertEquals(await Promise.all([`${logFile}.1`, `${audit}.1`, audit].map(linesIn)), [1, 0, 1]);
});

Deno.test("no line is appended to a file of the index", { ignore: !MAY_USE_DISK }, async () => {
  await using folder = await TempFolder.make();
  const [data, users] = [await folder.write("i.db", ""), await folder.write("users", "")];
  const flags = (...more: string[]) => {
    return parseServeFlags(["0", "--data", data, "--credentials", users, ...more]) as ServeFlags;
  };
  for (const path of [data, users, `${data}-wal`, `${users}.key`]) {
    for (const flag of ["--log-file", "--audit"]) {
      const refused = () => assertLogsApart(flags(flag, path));
      await assertRejects(refused, BitTrickleError, "is a file of the index itself");
    }
  }
  await assertLogsApart(flags("--log-file", folder.pathOf("log"), "--audit", "/dev/null"));
});
