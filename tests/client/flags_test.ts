import { assert, assertEquals, assertThrows } from "@std/assert";
import { type ClientFlags, parseClientFlags, wantsJson } from "../../lib/client/flags.ts";
import { flagsOf, surroundings } from "../support/surroundings.ts";
import type { Invocation } from "../../lib/client/invocation.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import invitations from "../protocol/vectors/invitations.json" with { type: "json" };

type Flags = Omit<ClientFlags, "configuration">;

/** What `args` say, without where that comes from. */
function plainFlagsOf(args: readonly string[]): Flags {
  const { configuration: _, ...flags } = flagsOf(args);
  return flags;
}

const CLIENT: Flags = {
  index: [{ hostname: "127.0.0.1", port: 5_000 }],
  command: undefined,
  user: undefined,
  passwordFile: undefined,
  folder: ".",
  json: false,
  quiet: false,
  allowPlain: false,
  swarm: true,
  share: false,
  patienceMs: undefined,
  limitUp: undefined,
  limitDown: undefined,
  advertise: undefined,
  protocol: undefined,
  invitation: undefined,
};

function command(verb: string, ...args: string[]): Invocation {
  return { verb, args, flags: { force: false, share: false } };
}

const CLIENT_LINES: readonly (readonly [line: string, flags: Partial<Flags>])[] = [
  ["5000", {}],
  ["5000 --limit-up 5M --limit-down=500k", { limitUp: 5e6, limitDown: 5e5 }],
  ["5000 --limit-up off", { limitUp: Infinity }],
  ["5000 --advertise 192.0.2.1", { advertise: { ip: "192.0.2.1" } }],
  ["5000 --advertise 192.0.2.1:7000", { advertise: { ip: "192.0.2.1", port: 7_000 } }],
  ["5000 --advertise 2001:DB8::1", { advertise: { ip: "2001:db8::1" } }],
  ["5000 --advertise [2001:db8::1]:7000", { advertise: { ip: "2001:db8::1", port: 7_000 } }],
  ["index.lan:5000", { index: [{ hostname: "index.lan", port: 5_000 }] }],
  ["10.0.0.1:5000", { index: [{ hostname: "10.0.0.1", port: 5_000 }] }],
  ["index.lan", { index: [{ hostname: "index.lan", port: 16_980 }] }],
  ["[::1] lap", { index: [{ hostname: "::1", port: 16_980 }], command: command("lap") }],
  ["a:1,[::1]:2,c,a:1 lap", {
    index: [{ hostname: "a", port: 1 }, { hostname: "::1", port: 2 }, {
      hostname: "c",
      port: 16_980,
    }],
    command: command("lap"),
  }],
  ["get:16980", { index: [{ hostname: "get", port: 16_980 }] }],
  ["", { index: undefined }],
  ["lap", { index: undefined, command: command("lap") }],
  ["[::1]:5000", { index: [{ hostname: "::1", port: 5_000 }] }],
  ["5000 lap", { command: command("lap") }],
  ["5000 ls hans", { command: command("lpf", "hans") }],
  ["ls", { index: undefined, command: command("lpf") }],
  ["ls:5000", { index: [{ hostname: "ls", port: 5_000 }] }],
  ["5000 get 007", { command: command("get", "007") }],
  ["5000 pub 1e3", { command: command("pub", "1e3") }],
  ["5000 sch 0x10", { command: command("sch", "0x10") }],
  ["5000 sch -- --user", { command: command("sch", "--user") }],
  ["5000 sch -- --json", { command: command("sch", "--json") }],
  ["5000 sch --json true", { command: command("sch", "true"), json: true }],
  ["5000 get a.txt --no-swarm", { command: command("get", "a.txt"), swarm: false }],
  ["--json --allow-plain 5000", { json: true, allowPlain: true }],
  ["5000 sch -- -5", { command: command("sch", "-5") }],
  ["5000 sch -", { command: command("sch", "-") }],
  ["5000 --user hans lap", { command: command("lap"), user: "hans" }],
  ["5000 lap --user=hans", { command: command("lap"), user: "hans" }],
  ["5000 --user 007", { user: "007" }],
  ["5000 --password-file /run/secret", { passwordFile: "/run/secret" }],
  ["5000 --dir shared", { folder: "shared" }],
  ["--json 5000", { json: true }],
  ["5000 lap --quiet", { command: command("lap"), quiet: true }],
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
  ["5000 --share --no-share", {}],
  ["5000 --no-swarm --swarm --no-allow-plain", {}],
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
    assertEquals(plainFlagsOf(line === "" ? [] : line.split(" ")), { ...CLIENT, ...flags });
  });
}

const CLIENT_MISTAKES: readonly (readonly [args: readonly string[], reason: string])[] = [
  [[""], '"" is not a port'],
  [["0"], "port 0 cannot be talked to"],
  [["host:0"], "port 0 cannot be talked to"],
  [["host:"], '"" is not a port'],
  [["host:70000"], '"70000" is not a port'],
  [["host:6e3"], '"6e3" is not a port'],
  [[":5000"], '":5000" has no host before the colon'],
  [["[]:5000"], '"[]:5000" has no host before the colon'],
  [["::1:5000"], '"::1:5000" is not [host:]port'],
  [["a:1,"], '"a:1," has a comma without a server beside it'],
  [["a:1,two words"], '"two words" is not [host:]port'],
  [["1,2,3,4,5,6,7,8,9"], "names 9 servers: at most 8 are those of an index"],
  [["1,2", "--protocol", "1"], "--protocol is 2 for an index with several servers"],
  [["two words"], '"two words" is not [host:]port'],
  [["[::1]5000"], '"[::1]5000" is not [host:]port'],
  [["5000", "--password", "secret"], '"--password" is not a flag'],
  [["5000", "--user"], "--user needs a value"],
  [["5000", "--user", "--json"], "--user needs a value"],
  [["5000", "--user", "Darth Vader"], '--user "Darth Vader": it holds a space'],
  [["5000", "--user", "vader "], '--user "vader ": it holds a space'],
  [["5000", "--user", "v".repeat(70)], "it is longer than 64 characters"],
  [["5000", "--user", "vader\u202e"], '--user "vader\\u{202e}": it holds a space or unprintable'],
  [["5000", "--password-file"], "--password-file needs a value"],
  [["5000", "--dir", ""], "--dir needs a value"],
  [["5000", "sch", "-5"], '"-5" is not a flag; what begins with - is written after --'],
  [["5000", "get", "a", "--as", "-b"], "or as --flag=-value"],
  ...["lan", "192.0.2.1:80", "192.0.2.1:", "0.0.0.0", "[::1]", "224.0.0.1:7000", "lan:7000"].map(
    (text) => [["5000", "--advertise", text], `--advertise takes an IP address`] as const,
  ),
  [["5000", "--limit-up", "5k"], "--limit-up is at least 32k bytes per second"],
  [["5000", "--no-share=true"], "--no-share takes no value"],
  [["5000", "--force"], "--force belongs to a command: get <file> --force"],
  [["5000", "--everywhere"], "--everywhere belongs to a command: unp <file> --everywhere"],
  [["5000", "--long"], "--long belongs to a command: lap --long, lpf --long"],
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
    const error = assertThrows(() => flagsOf(args), BitTrickleError, reason);
    assertEquals(error.code, "usage");
  });
}

for (const parse of [parseClientFlags]) {
  Deno.test({
    name: `${parse.name}() lets --help and --version win over what is missing`,
    permissions: "none",
  }, () => {
    assertEquals(parse(["--help"]), { asks: "help", arguments: [] });
    assertEquals(parse(["--version"]), { asks: "version", arguments: [] });
    assertEquals(parse(["5000", "--help", "--version"]), { asks: "help", arguments: ["5000"] });
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

const [{ line: INVITATION, value: INVITED }] = invitations.good as [
  typeof invitations.good[number],
];
const SYSTEM = surroundings({
  env: { BITTRICKLE_USER: "hans" },
  files: { "invitation.txt": `\ufeff${INVITATION}\r\nand more\n`, "empty.txt": "\ufeff\n" },
});

for (const argument of [INVITATION, "invitation.txt"]) {
  Deno.test({
    name: `parseClientFlags() takes the index of ${argument.slice(0, 15)}`,
    permissions: "none",
  }, () => {
    const flags = parseClientFlags(["join", argument, "lap", "--json"], SYSTEM);
    assert("index" in flags);
    const { index, user, invitation, command, json } = flags;
    assertEquals([index, user, invitation], [INVITED.index, "leia", INVITED]);
    assertEquals([command?.verb, json], ["lap", true]);
  });
}

Deno.test(
  { name: "parseClientFlags() says that the index has no flag", permissions: "none" },
  () => {
    for (const flag of ["--port", "--host"]) {
      const reason =
        `"${flag}" is not a flag: the index stands alone, as in bittrickle-client 192.0.2.10:5000`;
      assertThrows(() => parseClientFlags([flag, "5000", "lap"], SYSTEM), BitTrickleError, reason);
    }
  },
);

const BAD_JOINS: readonly (readonly [args: readonly string[], reason: string])[] = [
  [[], "join needs an invitation"],
  [["none.txt"], 'Cannot read the invitation in "none.txt": '],
  [["empty.txt"], 'Cannot read the invitation in "empty.txt": the file is empty'],
  [[INVITATION.slice(0, -1)], "Cannot read the invitation: it is not whole"],
  [[INVITATION, "--user", "luke"], "an invitation says who joins"],
  [[INVITATION, "--protocol", "1"], "an invitation needs the sealed protocol"],
];

for (const [args, reason] of BAD_JOINS) {
  Deno.test({ name: `parseClientFlags() refuses to join: ${reason}`, permissions: "none" }, () => {
    const error = assertThrows(
      () => parseClientFlags(["join", ...args], SYSTEM),
      BitTrickleError,
      reason,
    );
    assertEquals(error.code, "usage");
  });
}
