import { assertEquals, assertThrows } from "@std/assert";
import { runLimit } from "../../lib/client/limit_command.ts";
import { readLimit } from "../../lib/client/settings/values.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import { RateLimit } from "../../lib/net/rate_limit.ts";
import type { Peer } from "../../lib/peer/peer.ts";

Deno.test({ name: "a limit is a size in a second, or off", permissions: "none" }, () => {
  const limits = {
    "5M": 5e6,
    "500k": 5e5,
    "1.5MB": 1.5e6,
    "2GB": 2e9,
    "64000": 64_000,
    "32k": 32e3,
  };
  for (const [text, expected] of Object.entries(limits)) {
    assertEquals(readLimit(text), { value: expected });
  }
  assertEquals(readLimit("off"), { value: Infinity });
  for (const text of ["", "0", "31999", "5 M", "M", "5Mi", "-5M", "5M/s", "fast", "\x1b[2J"]) {
    const reading = readLimit(text);
    assertEquals("fault" in reading && !reading.fault.includes("\x1b"), true, text);
  }
});

Deno.test({ name: "limit shows and sets both limits", permissions: "none" }, async () => {
  const peer = { limits: { up: new RateLimit(), down: new RateLimit(5e6) } } as unknown as Peer;
  assertEquals(await runLimit(peer, []), {
    lines: ["Limits: up off, down 5.0 MB/s"],
    fields: { up: null, down: 5e6 },
  });
  await runLimit(peer, ["up", "500k"]);
  assertEquals((await runLimit(peer, ["down", "off"])).fields, { up: 5e5, down: null });
  for (const args of [["up"], ["sideways", "5M"], ["up", "5"]]) {
    assertEquals(assertThrows(() => void runLimit(peer, args), BitTrickleError).code, "usage");
  }
  assertEquals((await runLimit(peer, [])).fields, { up: 5e5, down: null });
});
