import { assert, assertEquals } from "@std/assert";
import { displayWidth } from "../../../lib/cli/display_width.ts";
import { escapeText } from "../../../lib/protocol/escape.ts";
import { statusLines } from "../../../lib/server/status/status_lines.ts";
import { SOME_STATUS } from "../../support/some_status.ts";
import { statusIn } from "../../support/status_schema.ts";

const PURE = { permissions: "none" } as const;

Deno.test("the status of these tests is one by the schema", () => {
  assertEquals(statusIn(JSON.stringify(SOME_STATUS)), SOME_STATUS);
});

Deno.test({ name: "a status is shown as a person reads it, harmless", ...PURE }, () => {
  assertEquals(statusLines(SOME_STATUS), [
    "bittrickle-server 0.1.0 on 192.0.2.10:5000, for 3 h 12 min",
    "Key        c049-427b-fe4c-4da6-c93f-5c64-17bf-fe00",
    "Users      2 active of 30, 1 disabled",
    "Published  1,234 files under up to 1,200 names",
    "Disk       4.2 MB of data, 80.0 GB free; CANNOT SAVE: the disk is full",
    "Load       32.0 requests/s, 3 failed, 1,000 dropped; half within 0.1 ms, 99 % within 15 ms; " +
    "stalled 2.3 ms at most",
    "",
    "1,002 sessions",
    "USER           DEVICE          FILES  FOR      ADDRESS           PROGRAM",
    "hans\\u{1b}[2J  lap\\u{202e}top  1,234  42 s     192.0.2.20:40001  bittrickle-client/0.1.0",
    "vader          -                   0  2 d 2 h  127.0.0.1:40002   protocol 1",
    "… and 1,000 more",
    "",
    "1 download",
    "lab\\u{7}.tar  10.0 MB  1 of 2 sources, 4 have fetched it",
    "  [==========          ]  54 %  leia on desk",
    "  [                    ]   0 %  luke",
    "  … and 5 more",
    "",
    "1 failed login",
    "USER     HOST        AGO    WHY",
    "mallory  192.0.2.66  2 min  wrong user or\\u{a}password",
    "",
    "7 open invitations",
    "USER          ENDS IN",
    "rey\\u{1b}[2J  3 d 3 h",
    "… and 6 more",
  ]);
});

Deno.test({ name: "tables fit the terminal", ...PURE }, () => {
  for (const columns of [40, 60, 80]) {
    const lines = statusLines(SOME_STATUS, columns);
    const tables = lines.slice(8, 12).concat(lines.slice(-8));
    for (const line of tables) assert(displayWidth(line) <= columns, `${columns}: ${line}`);
  }
});

Deno.test({ name: "no text of others is shown as it came", ...PURE }, () => {
  const shown = statusLines(SOME_STATUS).join("");
  assertEquals(escapeText(shown), shown);
});

Deno.test({ name: "of a server without work there is the summary alone", ...PURE }, () => {
  const none = { total: 0, rows: [] };
  const idle = { ...SOME_STATUS, sessions: none, downloads: none, failedLogins: none };
  const invitations = none;
  const disk = { dataBytes: 0 };
  assertEquals(statusLines({ ...idle, invitations, disk }).length, 6);
});
