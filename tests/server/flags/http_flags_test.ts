import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { parseAdminFlags } from "../../../lib/server/flags/admin_flags.ts";
import { parseServeFlags } from "../../../lib/server/flags/serve_flags.ts";

const PURE = { permissions: "none" } as const;

function httpOf(...args: readonly string[]) {
  const flags = parseServeFlags(args);
  return "asks" in flags ? undefined : flags.http;
}

Deno.test({ name: "without --http there is no status page", ...PURE }, () => {
  assertEquals(httpOf("5000"), undefined);
});

for (
  const [text, hostname, port] of [
    ["8080", "127.0.0.1", 8080],
    ["localhost:0", "127.0.0.1", 0],
    ["127.0.0.2:8080", "127.0.0.2", 8080],
    ["[::1]:8080", "::1", 8080],
  ] as const
) {
  Deno.test({ name: `--http ${text} needs no protection`, ...PURE }, () => {
    assertEquals(httpOf("--http", text), { address: { hostname, port }, names: [] });
  });
}

Deno.test(
  { name: "away from this machine the page is protected, and called by name", ...PURE },
  () => {
    const tls = ["--http-cert", "cert.pem", "--http-key", "key.pem"];
    assertEquals(
      httpOf("--http", "0.0.0.0:8443", ...tls, "--http-name", "Index.LAN", "--http-name", "b"),
      {
        address: { hostname: "0.0.0.0", port: 8443 },
        tls: { cert: "cert.pem", key: "key.pem" },
        names: ["index.lan", "b"],
      },
    );
    const { tokenFile, inviteAddress } = httpOf(
      ...["--http", "[::]:80", "--http-token-file", "t", "--invite-address", "lab:5000"],
    )!;
    assertEquals([tokenFile, inviteAddress], ["t", [{ hostname: "lab", port: 5000 }]]);
  },
);

for (
  const [args, reason] of [
    [["--http", "0.0.0.0:8080"], "protect it by TLS"],
    [["--http", "192.168.1.5:8080"], "protect it by TLS"],
    [["--http", "[::]:8080"], "protect it by TLS"],
    [["--http", "0.0.0.0:80", "--http-cert", "a"], "go together"],
    [["--http", "80", "--http-key", "a"], "go together"],
    [["--http-name", "index.lan"], "give --http [HOST:]PORT, too"],
    [["--http-token-file", "t"], "give --http [HOST:]PORT, too"],
    [["--http", "index.lan:80"], "--http takes [HOST:]PORT"],
    [["--http", "::1:80"], "--http takes [HOST:]PORT"],
    [["--http", "70000"], "from 0 to 65535; --http takes [HOST:]PORT, as 8080"],
    [["--http", "80", "--http-name", "a b"], "--http-name takes the name of a host"],
    [["--http", "80", "--http-name", "evil\u202E"], "--http-name takes the name of a host"],
    [["--http", "80", "--invite-address", "5000"], "--invite-address takes HOST:PORT"],
  ] as const
) {
  Deno.test({ name: `the server explains ${args.join(" ")}`, ...PURE }, () => {
    const { code, message } = assertThrows(() => parseServeFlags(args), BitTrickleError);
    assertEquals(code, "usage");
    assertStringIncludes(message, reason);
  });
}

Deno.test({ name: "admin is followed by passwd, and nothing else", ...PURE }, () => {
  assertEquals(parseAdminFlags(["passwd", "--credentials", "a"]), {
    administer: "passwd",
    credentials: "a",
    passwordFile: undefined,
  });
  for (const args of [[], ["remove"], ["passwd", "leia"]]) {
    assertThrows(() => parseAdminFlags(args), BitTrickleError, "Cannot read the command line");
  }
});
