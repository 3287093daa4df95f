import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { parseInviteFlags } from "../../../lib/server/flags/invite_flags.ts";

const PURE = { permissions: "none" } as const;
const NEW = {
  task: "invite",
  credentials: "credentials.txt",
  etcd: undefined,
  names: ["leia"],
  file: undefined,
  address: [{ hostname: "lab.example", port: 5_000 }],
  seconds: 604_800,
  isPage: false,
};

const LINES: readonly (readonly [line: string, flags: Record<string, unknown>])[] = [
  ["leia --address lab.example:5000", NEW],
  ["leia luke --address LAB.example:5000 --expires 90m", {
    ...NEW,
    names: ["leia", "luke"],
    seconds: 5_400,
  }],
  ["leia --address lab.example:5000,[::1]:5001,LAB.example:5000", {
    ...NEW,
    address: [{ hostname: "lab.example", port: 5_000 }, { hostname: "::1", port: 5_001 }],
  }],
  ["--file names.txt --address [::1]:5000 --qr", {
    ...NEW,
    names: [],
    file: "names.txt",
    address: [{ hostname: "::1", port: 5_000 }],
    isPage: true,
  }],
  ["--list --credentials users.txt", { task: "list", credentials: "users.txt", etcd: undefined }],
  ["--revoke leia", {
    ...{ task: "revoke", credentials: "credentials.txt", etcd: undefined, names: ["leia"] },
  }],
];

for (const [line, flags] of LINES) {
  Deno.test({ name: `parseInviteFlags() reads ${line}`, ...PURE }, () => {
    assertEquals(parseInviteFlags(line.split(" ")) as unknown, flags);
  });
}

const AT = ["--address", "lab.example:5000"];
const MISTAKES: readonly (readonly [args: readonly string[], reason: string])[] = [
  [AT, "invite needs a name, or --file FILE"],
  [["leia"], "--address HOST:PORT"],
  [["leia", "--addr", "lab:5000"], 'did you mean "--address"'],
  [["leia", "--address", "5000"], 'not "5000"'],
  [["leia", "--address", "lab:0"], 'not "lab:0"'],
  [["leia", "--address", "lab:70000"], "65535; --address takes HOST:PORT, as index.lan:5000"],
  [["leia", "--address", "leia@lab:5000"], 'not "leia@lab:5000"'],
  [["leia", "--address", "::1:5000"], 'not "::1:5000"'],
  [["leia", "--address", "lab:5000,"], "--address takes HOST:PORT"],
  [["leia", "--address", "a:1,b:1,c:1,d:1,e:1,f:1,g:1,h:1,i:1"], "takes 8 servers at most"],
  [["leia", "--address", "lab\u202e:1"], 'not "lab\\u{202e}:1"'],
  [["leia", "--address", `${"l".repeat(254)}:1`], "takes HOST:PORT"],
  [["leia", ...AT, "--expires", "7"], 'not "7"'],
  [["leia", ...AT, "--expires", "0d"], 'not "0d"'],
  [["leia", ...AT, "--expires", "366d"], 'not "366d"'],
  [["leia", "--list"], '"leia" is one argument too many'],
  [["--revoke"], "--revoke needs a name"],
  [["--list", "--revoke", "leia"], "are two commands"],
  [["--revoke", "leia", "--qr"], "--qr belongs to new invitations"],
  [["--list", "--expires", "7d"], "--expires belongs to new invitations"],
];

for (const [args, reason] of MISTAKES) {
  Deno.test({ name: `parseInviteFlags() explains ${JSON.stringify(args)}`, ...PURE }, () => {
    const error = assertThrows(() => parseInviteFlags(args), BitTrickleError, reason);
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, "Cannot read the command line: ");
  });
}
