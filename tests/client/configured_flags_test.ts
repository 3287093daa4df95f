import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { configOutcome } from "../../lib/client/config_command.ts";
import { parseClientFlags } from "../../lib/client/flags.ts";
import { environmentLayer, SETTING_NAMES } from "../../lib/client/settings/settings.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import invitations from "../protocol/vectors/invitations.json" with { type: "json" };
import { flagsOf, type Given, surroundings } from "../support/surroundings.ts";

const PURE = { permissions: "none" } as const;
const PATH = "/h/.config/bittrickle/config.toml";

const FILE = `\
index = "lab"
user = "hans"
password-file = "secret"
share = true
patience = "2h"

[indexes.lab]
address = "lab.example.org"
patience = 0
swarm = false

[indexes.home]
address = "192.0.2.1:5000"
user = "leia"

[indexes.sch]
address = "192.0.2.2"
`;

/** What there is beside a command line. */
function beside(file: string | undefined, env: Readonly<Record<string, string>> = {}): Given {
  return { env: { HOME: "/h", ...env }, files: file === undefined ? {} : { [PATH]: file } };
}

Deno.test({ ...PURE, name: "flags count before the environment, and that before the file" }, () => {
  const env = { BITTRICKLE_USER: "vader", BITTRICKLE_LIMIT_UP: "5M", BITTRICKLE_SHARE: "false" };
  const usersOf = (args: string[], given: Given) => flagsOf(args, given).user;
  assertEquals(usersOf(["5000", "--user", "luke"], beside(FILE, env)), "luke");
  assertEquals(usersOf(["5000"], beside(FILE, env)), "vader");
  assertEquals(usersOf(["5000"], beside(FILE)), "hans");
  assertEquals(usersOf(["5000"], beside(undefined)), undefined);
  const { limitUp, share, patienceMs } = flagsOf(["5000"], beside(FILE, env));
  assertEquals([limitUp, share, patienceMs], [5e6, false, 7_200_000]);
});

Deno.test({ ...PURE, name: "what the file turns on or off, a flag turns off or on" }, () => {
  const given = beside(`share = true\nallow-plain = true\nswarm = false\n`);
  const of = (...args: string[]) => {
    const { share, allowPlain, swarm } = flagsOf(["5000", ...args], given);
    return [share, allowPlain, swarm];
  };
  assertEquals(of(), [true, true, false]);
  assertEquals(of("--no-share", "--no-allow-plain", "--swarm"), [false, false, true]);
  assertEquals(of("get", "a", "--no-share"), [false, true, false]);
});

Deno.test({ ...PURE, name: "an index has its own settings, before those for all" }, () => {
  const lab = flagsOf(["lab"], beside(FILE));
  assertEquals(lab.index, [{ hostname: "lab.example.org", port: 16_980 }]);
  assertEquals([lab.user, lab.patienceMs, lab.swarm, lab.share], ["hans", 0, false, true]);
  const home = flagsOf(["home", "lap"], beside(FILE));
  assertEquals(home.index, [{ hostname: "192.0.2.1", port: 5_000 }]);
  assertEquals([home.user, home.patienceMs, home.swarm], ["leia", 7_200_000, true]);
});

Deno.test({ ...PURE, name: "a password belongs to the user beside it, and to nobody else" }, () => {
  const of = (args: string[], env = {}) => flagsOf(args, beside(FILE, env)).passwordFile;
  const secret = "/h/.config/bittrickle/secret";
  assertEquals(of(["lab"]), secret);
  assertEquals(of(["lab", "--user", "vader"]), undefined);
  assertEquals(of(["lab"], { BITTRICKLE_USER: "vader" }), undefined);
  assertEquals(of(["home"]), undefined);
  assertEquals(of(["lab"], { BITTRICKLE_PASSWORD: "x" }), undefined);
  const flag = ["lab", "--user", "vader", "--password-file", "mine"];
  assertEquals(of(flag, { BITTRICKLE_PASSWORD: "x" }), "mine");
});

Deno.test({ ...PURE, name: "who joins is whom the invitation names, with a new password" }, () => {
  const { line, value } = invitations.good[0]!;
  const flags = flagsOf(["join", line, "lap"], beside(FILE));
  assertEquals([flags.index, flags.user, flags.passwordFile], [value.index, "leia", undefined]);
  const old = beside("protocol = 1\n");
  const error = assertThrows(() => flagsOf(["join", line], old), BitTrickleError);
  assertStringIncludes(error.message, "an invitation needs the sealed protocol");
});

const WORDS: readonly (readonly [line: string, host: string | undefined, verb?: string])[] = [
  ["", "lab.example.org"],
  ["lap", "lab.example.org", "lap"],
  ["get a", "lab.example.org", "get"],
  ["help", "lab.example.org", "help"],
  ["home", "192.0.2.1"],
  ["home lap", "192.0.2.1", "lap"],
  ["sch lap", "192.0.2.2", "lap"],
  ["lab:5000", "lab"],
  ["Lab lap", "Lab", "lap"],
  ["5000 home", "127.0.0.1", "home"],
];

for (const [line, host, verb] of WORDS) {
  Deno.test({ ...PURE, name: `"${line}" means ${verb ?? "a shell"} at ${host}` }, () => {
    const flags = flagsOf(line === "" ? [] : line.split(" "), beside(FILE));
    assertEquals([flags.index?.[0].hostname, flags.command?.verb], [host, verb]);
  });
}

Deno.test(
  { ...PURE, name: "the default index is that of the environment, if it names one" },
  () => {
    const of = (index: string) => flagsOf(["lap"], beside(FILE, { BITTRICKLE_INDEX: index })).index;
    assertEquals(of("home"), [{ hostname: "192.0.2.1", port: 5_000 }]);
    assertEquals(of("else.example.org:7000"), [{ hostname: "else.example.org", port: 7_000 }]);
    assertEquals(of(""), [{ hostname: "lab.example.org", port: 16_980 }]);
    const error = assertThrows(() => of("x:0"), BitTrickleError);
    const reason = "Cannot use the environment: BITTRICKLE_INDEX port 0 cannot be talked to";
    assertEquals([error.code, error.message], ["usage", reason]);
  },
);

Deno.test({ ...PURE, name: "a host that is none may have been meant for something else" }, () => {
  const meant = (word: string) => flagsOf([word], beside(FILE)).configuration.meant;
  assertEquals(["lba", "gett", "example.org", "lab"].map(meant), [
    "lab",
    "get",
    undefined,
    undefined,
  ]);
});

Deno.test({ ...PURE, name: "a file that is named has to be there, the usual one need not" }, () => {
  assertEquals(flagsOf(["5000"], beside(undefined)).user, undefined);
  const files = { "my.toml": "user = 'luke'" };
  assertEquals(flagsOf(["5000", "--config", "my.toml"], { files }).user, "luke");
  const error = assertThrows(() => flagsOf(["5000", "--config", "none.toml"]), BitTrickleError);
  const reason = 'Cannot use the configuration in "none.toml": no such file or folder';
  assertEquals([error.code, error.message], ["usage", reason]);
});

Deno.test(
  { ...PURE, name: "no file is needed to say what the flags are, or where the file is" },
  () => {
    const broken = beside("user = 7\n");
    const asked = { asks: "help", arguments: [] } as const;
    assertEquals(parseClientFlags(["--help"], surroundings(broken)), asked);
    const { configuration, command } = flagsOf(["config", "path"], broken);
    assertEquals(configOutcome(command!.args, configuration).lines, [PATH]);
    assertThrows(() => flagsOf(["config", "show"], broken), BitTrickleError, "line 1: user takes");
  },
);

Deno.test({ ...PURE, name: "config show tells where each value comes from" }, () => {
  const env = { BITTRICKLE_PASSWORD: "hunter2", BITTRICKLE_LIMIT_DOWN: "off" };
  const given = beside(FILE, env);
  const { configuration, command } = flagsOf(["home", "config", "show", "--dir", "x"], given);
  const { lines, fields } = configOutcome(command!.args, configuration);
  assertEquals(lines.map((line) => line.trimEnd()), [
    PATH,
    "index          command line           home (192.0.2.1:5000)",
    "user           line 14                leia",
    "password-file  BITTRICKLE_PASSWORD    not shown",
    "dir            --dir                  x",
    "share          line 4                 true",
    "swarm          default                true",
    "patience       line 5                 2h",
    "limit-up       default                off",
    "limit-down     BITTRICKLE_LIMIT_DOWN  off",
    "advertise      default                none",
    "protocol       default                2, and 1 only where that is safe",
    "allow-plain    default                false",
    "indexes.lab    line 8                 lab.example.org:16980",
    "indexes.home   line 13                192.0.2.1:5000",
    "indexes.sch    line 17                192.0.2.2:16980",
  ]);
  const json = JSON.parse(JSON.stringify(fields));
  assertEquals(json.settings.slice(0, 5), [
    { name: "index", value: "home", address: "192.0.2.1:5000", from: "argument", default: "none" },
    { name: "user", value: "leia", from: "file", line: 14, default: "asked for" },
    {
      name: "password-file",
      value: null,
      from: "environment",
      variable: "BITTRICKLE_PASSWORD",
      default: "asked for",
    },
    { name: "dir", value: "x", from: "flag", flag: "--dir", default: "." },
    { name: "share", value: "true", from: "file", line: 4, default: "false" },
  ]);
  assertEquals([json.path, json.found, json.indexes.length], [PATH, true, 3]);
  assertEquals(JSON.stringify([lines, fields]).includes("hunter2"), false);
});

Deno.test({ ...PURE, name: "config show works without a file, a home and an index" }, () => {
  const of = (given: Given) => {
    const { configuration, command } = flagsOf(["config", "show"], given);
    return configOutcome(command!.args, configuration).lines.slice(0, 2);
  };
  const none = "index          default  none";
  assertEquals(of(beside(undefined)), [`${PATH} (not there)`, none]);
  assertStringIncludes(of({})[0]!, "No folder for the configuration: set HOME");
  const { configuration } = flagsOf(["config", "path"]);
  const error = assertThrows(() => configOutcome(["path"], configuration), BitTrickleError);
  assertStringIncludes(error.message, "No folder for the configuration");
  assertThrows(() => configOutcome(["edit"], configuration), BitTrickleError, "show or path");
});

Deno.test({ ...PURE, name: "no text in the environment does more than be refused" }, () => {
  const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("true", "5M", "1", "90"));
  fc.assert(fc.property(fc.constantFrom(...SETTING_NAMES), texts, (name, text) => {
    let variable = "";
    environmentLayer((asked) => void (variable = asked))(name);
    try {
      flagsOf(["5000", "lap"], beside(undefined, { [variable]: text }));
    } catch (error) {
      assertEquals(error instanceof BitTrickleError && error.code === "usage", true, `${error}`);
      assertEquals(/[\p{Cc}\p{Cf}]/u.test((error as Error).message), false);
    }
  }));
});
