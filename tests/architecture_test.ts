/**
 * The rooms of the code, and which may import from which. A new arrow is a decision: add it here and
 * say why in its commit, or better, find the room where the code belongs.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { architectureFaults, readSources, type Rules, sourceFile } from "./support/architecture.ts";
import { MAY_USE_DISK } from "./support/permission.ts";

const GROUND = ["errors", "system_fault", "async", "collections"];

/** For each room, from the ground up, the rooms that it may import from. */
const RULES: Rules = {
  "system_fault": [],
  "errors": ["system_fault"],
  "async": ["errors", "system_fault"],
  "collections": [],
  "files": [...GROUND],
  "protocol": [...GROUND],
  "net": [...GROUND, "protocol"],

  "index/catalogue": [...GROUND, "protocol"],
  "index/sessions": [...GROUND, "protocol"],
  "index/login": [...GROUND, "protocol"],
  "index": [...GROUND, "protocol", "index/catalogue", "index/sessions", "index/login"],
  "index/service": [
    ...[...GROUND, "protocol"],
    ...["index", "index/catalogue", "index/sessions", "index/login"],
  ],
  "store": [...GROUND, "protocol", "files", "index/catalogue"],
  "etcd": [...GROUND, "protocol"],
  "fleet": [
    ...[...GROUND, "protocol", "etcd"],
    ...["index", "index/catalogue", "index/sessions", "index/login"],
  ],

  "discovery": [...GROUND, "protocol"],

  "peer/session": [...GROUND, "protocol", "net", "files"],
  "peer/pieces": [...GROUND, "protocol"],
  "peer/share": [...GROUND, "protocol", "peer/session", "peer/pieces"],
  "peer/transfer": [...GROUND, "protocol", "net"],
  "peer/upload": [...GROUND, "protocol", "net", "peer/transfer", "peer/share"],
  "peer/download": [
    ...[...GROUND, "protocol", "net"],
    ...["peer/transfer", "peer/share", "peer/session", "peer/pieces"],
  ],
  "peer/watch": [...GROUND, "protocol", "peer/share"],
  "peer": [
    ...[...GROUND, "protocol", "net"],
    ...["peer/session", "peer/pieces", "peer/share", "peer/watch", "peer/upload", "peer/download"],
  ],

  "releases": [...GROUND, "protocol"],

  "cli": [...GROUND, "protocol", "files"],
  "cli/manual": [...GROUND, "protocol", "cli"],
  "client/settings": [...GROUND, "protocol", "files", "cli"],
  "client": [
    ...[...GROUND, "protocol", "net", "files", "cli", "cli/manual", "client/settings"],
    ...[
      "discovery",
      "releases",
      "peer",
      "peer/session",
      "peer/share",
      "peer/watch",
      "peer/download",
    ],
  ],
  "server/flags": [...GROUND, "protocol", "cli", "cli/manual"],
  "server/fleet": [...GROUND, "protocol", "files", "cli", "etcd", "fleet", "server/flags"],
  "server/accounts": [
    ...[...GROUND, "protocol", "files", "cli", "server/flags", "server/status", "server/fleet"],
    ...["index", "index/login", "etcd", "fleet"],
  ],
  "server/data": [
    ...[...GROUND, "protocol", "files", "cli", "store", "index/catalogue"],
    ...["server/flags", "server/accounts", "server/fleet", "etcd", "fleet"],
  ],
  "server/log": [...GROUND, "protocol", "index/login", "index/service", "server/flags"],
  "server/page": [...GROUND, "protocol"],
  "server/http": [
    ...[...GROUND, "protocol", "net", "files", "index/login"],
    ...["server/status", "server/flags", "server/log", "server/accounts", "server/page"],
  ],
  "server/metrics": [...GROUND, "protocol", "index/service"],
  "server/status": [
    ...[...GROUND, "protocol", "net", "cli", "index", "index/sessions", "index/service"],
    ...["server/flags", "server/metrics"],
  ],
  "server": [
    ...[...GROUND, "protocol", "net", "discovery", "cli", "cli/manual", "store"],
    ...["index", "index/login", "index/service"],
    ...["server/flags", "server/accounts", "server/data", "server/log", "server/status"],
    ...["server/http", "server/metrics", "server/fleet", "etcd", "fleet", "index/catalogue"],
  ],
};

Deno.test(
  "rooms import only from rooms below them, in no circle",
  { ignore: !MAY_USE_DISK },
  async () => {
    assertEquals(architectureFaults(await readSources(), RULES), []);
  },
);

Deno.test({ name: "an import from a room above is a fault", permissions: "none" }, () => {
  const files = [
    sourceFile("lib/protocol/a.ts", 'import { b } from "../index/b.ts";\n'),
    sourceFile("lib/index/b.ts", "export const b = 1;\n"),
  ];
  assertEquals(architectureFaults(files, RULES), [
    "lib/protocol/a.ts imports lib/index/b.ts: protocol must not import from index. Move what it " +
    "needs down into a room that both may import, or pass it in as an argument",
  ]);
});

Deno.test({ name: "index and peer do not import each other", permissions: "none" }, () => {
  const text = 'export type { Peer } from "../peer/peer.ts";\n';
  const files = [sourceFile("lib/index/a.ts", text), sourceFile("lib/peer/peer.ts", "")];
  assertEquals(architectureFaults(files, RULES).length, 1);
});

Deno.test({ name: "a circle is a fault, of types too", permissions: "none" }, () => {
  const files = [
    sourceFile("lib/net/a.ts", 'import type { B } from "./b.ts";\n'),
    sourceFile("lib/net/b.ts", 'const c = await import("./c.ts");\n'),
    sourceFile("lib/net/c.ts", 'new Worker(new URL("./a.ts", import.meta.url));\n'),
  ];
  assertEquals(architectureFaults(files, RULES), [
    "lib/net/a.ts -> lib/net/b.ts -> lib/net/c.ts -> lib/net/a.ts: a circle of imports. Move what " +
    "these files share into one of its own",
  ]);
});

Deno.test(
  { name: "a file of 301 lines is a fault, one of 300 is not", permissions: "none" },
  () => {
    const fault = "lib/net/a.ts has 301 lines, more than 300: it does two jobs, so split it by job";
    assertEquals(architectureFaults([sourceFile("lib/net/a.ts", "\n".repeat(300))], RULES), []);
    assertEquals(architectureFaults([sourceFile("lib/net/a.ts", "\n".repeat(301))], RULES), [
      fault,
    ]);
  },
);

Deno.test({ name: "a room that nobody planned is a fault", permissions: "none" }, () => {
  assertEquals(architectureFaults([sourceFile("lib/utils/a.ts", "")], RULES).length, 1);
});
