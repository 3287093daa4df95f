import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { Networks } from "../../../lib/protocol/networks.ts";
import {
  parseServeFlags,
  parseUserFlags,
  type ServeFlags,
  type UserFlags,
} from "../../../lib/server/flags/serve_flags.ts";

const SERVER: ServeFlags = {
  hosts: ["127.0.0.1"],
  port: 5_000,
  credentials: "credentials.txt",
  data: "bittrickle.db",
  allowPlain: false,
  advertisable: Networks.NONE,
  log: "text",
  statusSocket: undefined,
  logFile: undefined,
  announce: undefined,
  audit: undefined,
  isCheck: false,
  etcd: undefined,
};

const SERVER_LINES: readonly (readonly [line: string, flags: Partial<ServeFlags>])[] = [
  ["5000", {}],
  ["--log off", { port: 16_980, log: "off" }],
  ["0", { port: 0 }],
  ["65535", { port: 65_535 }],
  ["--host 0.0.0.0 5000", { hosts: ["0.0.0.0"] }],
  ["5000 --host=::1", { hosts: ["::1"] }],
  ["5000 --host localhost", { hosts: ["localhost"] }],
  ["5000 --host 10.0.0.1 --host fd00:0::1", { hosts: ["10.0.0.1", "fd00::1"] }],
  ["5000 --host ::1 --host 0:0::1", { hosts: ["::1"] }],
  ["[::1]:5000", { hosts: ["::1"] }],
  ["192.0.2.1:6000", { hosts: ["192.0.2.1"], port: 6_000 }],
  ["localhost:5000 --host 192.0.2.1", { hosts: ["localhost", "192.0.2.1"] }],
  ["5000 --credentials 007", { credentials: "007" }],
  ["5000 --credentials=a=b", { credentials: "a=b" }],
  ["--allow-plain 5000", { allowPlain: true }],
  ["5000 --data /var/lib/index.db", { data: "/var/lib/index.db" }],
  ["5000 --data :memory:", { data: ":memory:" }],
  ["5000 --log text", {}],
  ["5000 --log json", { log: "json" }],
  ["5000 --audit=a.jsonl", { audit: "a.jsonl" }],
  ["5000 --check", { isCheck: true }],
  ["5000 --log-file a.log", { logFile: "a.log" }],
  ["5000 --log=off", { log: "off" }],
  ["5000 --status-socket /run/b.sock", { statusSocket: "/run/b.sock" }],
];

for (const [line, flags] of SERVER_LINES) {
  Deno.test({ name: `parseServeFlags() reads ${line}`, permissions: "none" }, () => {
    assertEquals(parseServeFlags(line.split(" ")), { ...SERVER, ...flags });
  });
}

const USER: UserFlags = {
  action: "list",
  user: "",
  credentials: "credentials.txt",
  etcd: undefined,
  passwordFile: undefined,
};

const USER_LINES: readonly (readonly [line: string, flags: Partial<UserFlags>])[] = [
  ["list", {}],
  ["list --credentials users.txt", { credentials: "users.txt" }],
  ["add hans", { action: "add", user: "hans" }],
  ["add 007", { action: "add", user: "007" }],
  ["add -- --json", { action: "add", user: "--json" }],
  ["passwd hans", { action: "passwd", user: "hans" }],
  ["disable hans", { action: "disable", user: "hans" }],
  ["enable hans --credentials=users.txt", {
    action: "enable",
    user: "hans",
    credentials: "users.txt",
  }],
  ["--password-file /run/secret add hans", {
    action: "add",
    user: "hans",
    passwordFile: "/run/secret",
  }],
];

for (const [line, flags] of USER_LINES) {
  Deno.test({ name: `parseUserFlags() reads ${line}`, permissions: "none" }, () => {
    assertEquals(parseUserFlags(line.split(" ")), { ...USER, ...flags });
  });
}

const WRONG_ACTION =
  '"user" is followed by add, passwd, disable, enable, remove, import, export or list';

const USER_MISTAKES: readonly (readonly [args: readonly string[], reason: string])[] = [
  [[], WRONG_ACTION],
  [["rename", "hans"], WRONG_ACTION],
  [["remvoe", "hans"], 'import, export or list, not "remvoe"; did you mean "remove"?'],
  [["\x1b[2J"], 'or list, not "\\u{1b}[2J"'],
  [["ADD", "hans"], WRONG_ACTION],
  [["toString", "hans"], WRONG_ACTION],
  [["add"], "user add needs a name"],
  [["passwd"], "user passwd needs a name"],
  [["disable"], "user disable needs a name"],
  [["remove"], "user remove needs a name"],
  [["import"], "user import needs a file"],
  [["export"], "user export needs a file"],
  [["enable", "--credentials", "users.txt"], "user enable needs a name"],
  [["add", "hans", "carbonite*7"], '"carbonite*7" is one argument too many'],
  [["list", "\x1b[2J"], '"\\u{1b}[2J" is one argument too many'],
  [
    ["add", "hans", "--password", "secret"],
    '"--password" is not a flag; did you mean "--password-file"',
  ],
  [["add", "hans", "--password-file"], "--password-file needs a value"],
  [["list", "--credentials", ""], "--credentials needs a value"],
];

for (const [args, reason] of USER_MISTAKES) {
  Deno.test({
    name: `parseUserFlags() explains what is wrong with ${JSON.stringify(args)}`,
    permissions: "none",
  }, () => {
    const error = assertThrows(() => parseUserFlags(args), BitTrickleError, reason);
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, "Cannot read the command line: ");
  });
}

const SERVER_MISTAKES: readonly (readonly [args: readonly string[], reason: string])[] = [
  [["port"], '"port" is not a port, a number from 0 to 65535'],
  [["invit", "leia"], '"invit" is not a command; did you mean "invite"?'],
  [["stauts"], '"stauts" is not a command; did you mean "status"?'],
  [["backup", "b"], '"backup" is not a command; did you mean "data backup"?'],
  [["add", "hans"], '"add" is not a command; did you mean "user add"?'],
  [["useradd", "hans"], '"useradd" is not a command; did you mean "user"?'],
  [
    ["--port", "5000"],
    '"--port" is not a flag: the port stands alone, as in bittrickle-server 5000',
  ],
  [["65536"], '"65536" is not a port'],
  [["70000"], '"70000" is not a port'],
  [["6e3"], '"6e3" is not a port'],
  [["05000"], '"05000" is not a port'],
  [["5000.0"], '"5000.0" is not a port'],
  [["-1"], '"-1" is not a flag'],
  [[""], '"" is not a port'],
  [["\x1b[2J"], '"\\u{1b}[2J" is not a port'],
  [["5000", "5001"], '"5001" is one argument too many'],
  [["5000", "--hots", "::1"], '"--hots" is not a flag; did you mean "--host"'],
  [["192.0.2.1"], "is not a port, a number from 0 to 65535; an address goes to --host"],
  [["::1"], '"::1" is not a port, a number from 0 to 65535; an address goes to --host'],
  [["[::1]:"], '"" is not a port'],
  [["[::1]:99999"], '"99999" is not a port'],
  [["index.lan:5000"], 'IP address of this machine, not "index.lan"'],
  [["5000", "-v"], '"-v" is not a flag'],
  [["5000", "--__proto__", "x"], '"--__proto__" is not a flag'],
  [["5000", "--allow-plain=no"], "--allow-plain takes no value"],
  [["5000", "--no-allow-plain"], '"--no-allow-plain" is not a flag'],
  [["5000", "--host"], "--host needs a value"],
  [["5000", "--credentials", "--log", "json"], "--credentials needs a value"],
  [["5000", "--data", ""], "--data needs a value"],
  [["5000", "--log", ""], "--log needs a value"],
  [["5000", "--host", "example.org"], 'IP address of this machine, not "example.org"'],
  [["5000", "--host", "[::1]"], 'IP address of this machine, not "[::1]"'],
  [["5000", "--allow-advertise", "lan"], 'a network, as 192.0.2.0/24 or 2001:db8::/32, not "lan"'],
  [["5000", "--log", "xml"], '--log takes text, json or off, not "xml"'],
];

for (const [args, reason] of SERVER_MISTAKES) {
  Deno.test({
    name: `parseServeFlags() explains what is wrong with ${JSON.stringify(args)}`,
    permissions: "none",
  }, () => {
    const error = assertThrows(() => parseServeFlags(args), BitTrickleError, reason);
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, "Cannot read the command line: ");
  });
}

for (const parse of [parseServeFlags, parseUserFlags]) {
  Deno.test({
    name: `${parse.name}() lets --help and --version win over what is missing`,
    permissions: "none",
  }, () => {
    assertEquals(parse(["--help"]), { asks: "help", arguments: [] });
    assertEquals(parse(["--version"]), { asks: "version", arguments: [] });
    assertEquals(parse(["5000", "--help", "--version"]), { asks: "help", arguments: ["5000"] });
  });
}
