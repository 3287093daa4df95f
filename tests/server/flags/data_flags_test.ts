import { assertEquals, assertThrows } from "@std/assert";
import { type DataFlags, parseDataFlags } from "../../../lib/server/flags/data_flags.ts";
import { BitTrickleError } from "../../../lib/errors.ts";

const LINES: readonly (readonly [line: string, flags: DataFlags])[] = [
  ["check", { task: "check", data: "bittrickle.db" }],
  ["export --data=index.db", { task: "export", data: "index.db" }],
  ["--data 007 import", { task: "import", data: "007" }],
  ["export --journal etcd:http://a:2379 --cluster-key k", {
    task: "export",
    data: "bittrickle.db",
    etcd: {
      ...{ endpoints: ["http://a:2379"], clusterKey: "k" },
      ...{ ca: undefined, cert: undefined, key: undefined },
    },
  }],
  ["backup b --force", {
    task: "backup",
    data: "bittrickle.db",
    credentials: "credentials.txt",
    file: "b",
    force: true,
  }],
];

for (const [line, flags] of LINES) {
  Deno.test({ name: `parseDataFlags() reads ${line}`, permissions: "none" }, () => {
    assertEquals(parseDataFlags(line.split(" ")), flags);
  });
}

const TASKS = "check, export, import, backup or restore";

const MISTAKES: readonly (readonly [args: readonly string[], reason: string])[] = [
  [[], `"data" is followed by ${TASKS}`],
  [["dump"], `"data" is followed by ${TASKS}`],
  [["exprt"], `"data" is followed by ${TASKS}, not "exprt"; did you mean "export"?`],
  [["toString"], `"data" is followed by ${TASKS}`],
  [["export", "\x1b[2J"], '"\\u{1b}[2J" is one argument too many'],
  [["export", "--data"], "--data needs a value"],
  [["export", "--data", ":memory:"], "data export needs a file, not :memory:"],
  [["check", "--users", "x"], '"--users" is not a flag'],
  [
    ["backup", "b", "--journal=etcd:http://a:2379", "--cluster-key=k"],
    "data backup is about files: save what is in etcd with `etcdctl snapshot`",
  ],
  [
    ["export", "--data=x", "--journal=etcd:http://a:2379", "--cluster-key=k"],
    "--data is of no use with --journal",
  ],
  [["backup"], "data backup needs the name of a file"],
  [["restore", "a", "b"], '"b" is one argument too many'],
];

for (const [args, reason] of MISTAKES) {
  Deno.test({
    name: `parseDataFlags() explains what is wrong with ${JSON.stringify(args)}`,
    permissions: "none",
  }, () => {
    const error = assertThrows(() => parseDataFlags(args), BitTrickleError, reason);
    assertEquals(error.code, "usage");
  });
}
