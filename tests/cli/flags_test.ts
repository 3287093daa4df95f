import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import {
  CLIENT_USAGE,
  type ClientFlags,
  parseClientFlags,
  parseServerFlags,
  parseUserFlags,
  SERVER_USAGE,
  type ServerFlags,
  type UserFlags,
  wantsJson,
} from "../../lib/cli/flags.ts";
import type { Invocation } from "../../lib/client/invocation.ts";

const SERVER: ServerFlags = {
  address: { hostname: "127.0.0.1", port: 5_000 },
  credentials: "credentials.txt",
  data: "bittrickle.db",
  allowPlain: false,
  log: "text",
};

const CLIENT: ClientFlags = {
  index: { hostname: "127.0.0.1", port: 5_000 },
  command: undefined,
  user: undefined,
  passwordFile: undefined,
  folder: ".",
  json: false,
  allowPlain: false,
  share: false,
  patienceMs: undefined,
  protocol: undefined,
};

function command(verb: string, ...args: string[]): Invocation {
  return { verb, args, flags: { force: false, share: false } };
}

const SERVER_LINES: readonly (readonly [line: string, flags: Partial<ServerFlags>])[] = [
  ["5000", {}],
  ["0", { address: { hostname: "127.0.0.1", port: 0 } }],
  ["65535", { address: { hostname: "127.0.0.1", port: 65_535 } }],
  ["--host 0.0.0.0 5000", { address: { hostname: "0.0.0.0", port: 5_000 } }],
  ["5000 --host=::1", { address: { hostname: "::1", port: 5_000 } }],
  ["5000 --host localhost", {}],
  ["5000 --credentials 007", { credentials: "007" }],
  ["5000 --credentials=a=b", { credentials: "a=b" }],
  ["--allow-plain 5000", { allowPlain: true }],
  ["5000 --data /var/lib/index.db", { data: "/var/lib/index.db" }],
  ["5000 --data :memory:", { data: ":memory:" }],
  ["5000 --log text", {}],
  ["5000 --log json", { log: "json" }],
  ["5000 --log=off", { log: "off" }],
];

for (const [line, flags] of SERVER_LINES) {
  Deno.test({ name: `parseServerFlags() reads ${line}`, permissions: "none" }, () => {
    assertEquals(parseServerFlags(line.split(" ")), { ...SERVER, ...flags });
  });
}

const CLIENT_LINES: readonly (readonly [line: string, flags: Partial<ClientFlags>])[] = [
  ["5000", {}],
  ["index.lan:5000", { index: { hostname: "index.lan", port: 5_000 } }],
  ["10.0.0.1:5000", { index: { hostname: "10.0.0.1", port: 5_000 } }],
  ["[::1]:5000", { index: { hostname: "::1", port: 5_000 } }],
  ["5000 lap", { command: command("lap") }],
  ["5000 get 007", { command: command("get", "007") }],
  ["5000 pub 1e3", { command: command("pub", "1e3") }],
  ["5000 sch 0x10", { command: command("sch", "0x10") }],
  ["5000 sch -- --user", { command: command("sch", "--user") }],
  ["5000 sch -- --json", { command: command("sch", "--json") }],
  ["5000 sch --json true", { command: command("sch", "true"), json: true }],
  ["--json --allow-plain 5000", { json: true, allowPlain: true }],
  ["5000 sch -- -5", { command: command("sch", "-5") }],
  ["5000 sch -", { command: command("sch", "-") }],
  ["5000 --user hans lap", { command: command("lap"), user: "hans" }],
  ["5000 lap --user=hans", { command: command("lap"), user: "hans" }],
  ["5000 --user 007", { user: "007" }],
  ["5000 --password-file /run/secret", { passwordFile: "/run/secret" }],
  ["5000 --dir shared", { folder: "shared" }],
  ["--json 5000", { json: true }],
  ["5000 lap --json", { command: command("lap"), json: true }],
  ["5000 --allow-plain", { allowPlain: true }],
  ["5000 --patience 90", { patienceMs: 90_000 }],
  ["5000 --patience=5m", { patienceMs: 300_000 }],
  ["5000 get a --patience 720h", { patienceMs: 2_592_000_000, command: command("get", "a") }],
  ["5000 --patience 0s", { patienceMs: 0 }],
  ["5000 --protocol 1", { protocol: 1 }],
  ["--protocol=2 5000 lap", { protocol: 2, command: command("lap") }],
  ["5000 get a --as b --force --share", {
    command: {
      verb: "get",
      args: ["a"],
      flags: { as: "b", force: true, share: true },
    },
    share: true,
  }],
  ["5000 --share", { share: true }],
  ["5000 get -- -x.txt", { command: command("get", "-x.txt") }],
  ["5000 get -- --force --as x", { command: command("get", "--force", "--as", "x") }],
  ["5000 get a --as=--force", {
    command: {
      verb: "get",
      args: ["a"],
      flags: { as: "--force", force: false, share: false },
    },
  }],
  ["5000 get -- --", { command: command("get", "--") }],
  ["-- 5000 pub --share", { command: command("pub", "--share") }],
  ["5000 sch old droids mp4", { command: command("sch", "old", "droids", "mp4") }],
];

for (const [line, flags] of CLIENT_LINES) {
  Deno.test({ name: `parseClientFlags() reads ${line}`, permissions: "none" }, () => {
    assertEquals(parseClientFlags(line.split(" ")), { ...CLIENT, ...flags });
  });
}

const USER: UserFlags = {
  action: "list",
  user: "",
  credentials: "credentials.txt",
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

const WRONG_ACTION = '"user" is followed by add, passwd, disable, enable or list';

const USER_MISTAKES: readonly (readonly [args: readonly string[], reason: string])[] = [
  [[], WRONG_ACTION],
  [["remove", "hans"], WRONG_ACTION],
  [["ADD", "hans"], WRONG_ACTION],
  [["toString", "hans"], WRONG_ACTION],
  [["add"], "user add needs a name"],
  [["passwd"], "user passwd needs a name"],
  [["disable"], "user disable needs a name"],
  [["enable", "--credentials", "users.txt"], "user enable needs a name"],
  [["add", "hans", "carbonite*7"], '"carbonite*7" is one argument too many'],
  [["list", "\x1b[2J"], '"\\u{1b}[2J" is one argument too many'],
  [["add", "hans", "--password", "secret"], '"--password" is not a flag'],
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
  [[], "the port is missing"],
  [["--log", "json"], "the port is missing"],
  [["port"], '"port" is not a port, a number from 0 to 65535'],
  [["65536"], '"65536" is not a port'],
  [["70000"], '"70000" is not a port'],
  [["6e3"], '"6e3" is not a port'],
  [["05000"], '"05000" is not a port'],
  [["5000.0"], '"5000.0" is not a port'],
  [["-1"], '"-1" is not a flag'],
  [[""], '"" is not a port'],
  [["\x1b[2J"], '"\\u{1b}[2J" is not a port'],
  [["5000", "5001"], '"5001" is one argument too many'],
  [["5000", "--hots", "::1"], '"--hots" is not a flag'],
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
  [["5000", "--log", "xml"], '--log takes text, json or off, not "xml"'],
];

for (const [args, reason] of SERVER_MISTAKES) {
  Deno.test({
    name: `parseServerFlags() explains what is wrong with ${JSON.stringify(args)}`,
    permissions: "none",
  }, () => {
    const error = assertThrows(() => parseServerFlags(args), BitTrickleError, reason);
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, "Cannot read the command line: ");
  });
}

const CLIENT_MISTAKES: readonly (readonly [args: readonly string[], reason: string])[] = [
  [[], "the port of the index is missing"],
  [["lap"], '"lap" is not a port'],
  [["0"], "port 0 cannot be talked to"],
  [["host:0"], "port 0 cannot be talked to"],
  [["host:"], '"" is not a port'],
  [["host:70000"], '"70000" is not a port'],
  [["host:6e3"], '"6e3" is not a port'],
  [[":5000"], '":5000" has no host before the colon'],
  [["[]:5000"], '"[]:5000" has no host before the colon'],
  [["::1:5000"], '"::1:5000" is not [host:]port'],
  [["[::1]"], '"[::1]" is not [host:]port'],
  [["[::1]5000"], '"[::1]5000" is not [host:]port'],
  [["5000", "--password", "secret"], '"--password" is not a flag'],
  [["5000", "--user"], "--user needs a value"],
  [["5000", "--user", "--json"], "--user needs a value"],
  [["5000", "--password-file"], "--password-file needs a value"],
  [["5000", "--dir", ""], "--dir needs a value"],
  [["5000", "sch", "-5"], '"-5" is not a flag; what begins with - is written after --'],
  [["5000", "get", "a", "--as", "-b"], "or as --flag=-value"],
  [["5000", "--force"], "--force belongs to a command: get <file> --force"],
  [["5000", "--as", "b"], "--as belongs to a command: get <file> --as"],
  [["5000", "--patience", "soon"], "--patience takes a time up to 30 days"],
  [["5000", "--patience", "721h"], "--patience takes a time up to 30 days"],
  [["5000", "--patience=-1"], "--patience takes a time up to 30 days"],
  [["5000", "--patience", "1.5m"], "--patience takes a time up to 30 days"],
  [["5000", "--protocol", "3"], '--protocol takes 1 or 2, not "3"'],
  [["5000", "--protocol", "01"], '--protocol takes 1 or 2, not "01"'],
  [["5000", "--protocol", "plain\n"], '--protocol takes 1 or 2, not "plain\\u{a}"'],
  [["5000", "--protocol"], "--protocol needs a value"],
];

for (const [args, reason] of CLIENT_MISTAKES) {
  Deno.test({
    name: `parseClientFlags() explains what is wrong with ${JSON.stringify(args)}`,
    permissions: "none",
  }, () => {
    const error = assertThrows(() => parseClientFlags(args), BitTrickleError, reason);
    assertEquals(error.code, "usage");
  });
}

for (const parse of [parseServerFlags, parseClientFlags, parseUserFlags]) {
  Deno.test({
    name: `${parse.name}() lets --help and --version win over what is missing`,
    permissions: "none",
  }, () => {
    assertEquals(parse(["--help"]), "help");
    assertEquals(parse(["--version"]), "version");
    assertEquals(parse(["5000", "--help", "--version"]), "help");
  });
}

const JSON_LINES: readonly (readonly [line: string, isWanted: boolean])[] = [
  ["5000 lap", false],
  ["5000 lap --json", true],
  ["--json --nonsense", true],
  ["5000 --user --json", true],
  ["5000 --json=yes", true],
  ["5000 sch -- --json", false],
  ["5000 get a --as=--json", false],
  ["5000 --jsonl", false],
];

for (const [line, isWanted] of JSON_LINES) {
  Deno.test({
    name: `"${line}" asks for ${isWanted ? "JSON" : "text"}, even if it cannot be read`,
    permissions: "none",
  }, () => {
    assertEquals(wantsJson(line.split(" ")), isWanted);
  });
}

Deno.test({ name: "the usage texts name every flag", permissions: "none" }, () => {
  for (const flag of ["host", "credentials", "allow-plain", "log", "help", "version"]) {
    assertStringIncludes(SERVER_USAGE, `--${flag}`);
  }
  for (const action of ["add", "passwd", "disable", "enable", "list"]) {
    assertStringIncludes(SERVER_USAGE, action);
  }
  const flags = ["user", "password-file", "dir", "json", "protocol", "allow-plain", "help"];
  for (const flag of [...flags, "version"]) assertStringIncludes(CLIENT_USAGE, `--${flag}`);
});
