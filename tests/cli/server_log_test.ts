import { assertEquals } from "@std/assert";
import { formatJson, formatText, type LogEvent, ServerLog } from "../../lib/cli/server_log.ts";

const FROM = { hostname: "127.0.0.1", port: 57_820 };
const TIME = new Date(2026, 9, 9, 13, 20, 40, 123);

const LINES: readonly (readonly [event: LogEvent, text: string])[] = [
  [{ kind: "received", from: FROM, verb: "pub", user: "hans" }, "Received PUB from hans"],
  [{ kind: "received", from: FROM, verb: "login", user: "hans" }, "Received LOGIN from hans"],
  [{ kind: "answered", from: FROM, verb: "pub", user: "hans" }, "Sent OK to hans"],
  [{ kind: "failed", from: FROM, verb: "pub", user: "hans" }, "Sent ERR to hans"],
  [
    { kind: "malformed", from: FROM, reason: "unknown command" },
    "Received a malformed message: unknown command",
  ],
  [{ kind: "ignored", from: FROM, reason: "off limits" }, "Ignored 127.0.0.1: off limits"],
  [
    { kind: "listening", from: FROM, users: 4 },
    "Listening on 127.0.0.1:57820, 4 users may log in",
  ],
  [{ kind: "accounts", from: FROM, users: 4 }, "Read the credentials again, 4 users may log in"],
  [{ kind: "unexpected", from: FROM, reason: "disk on fire" }, "Unexpected: disk on fire"],
];

for (const [event, text] of LINES) {
  Deno.test({ name: `formatText() says "${text}"`, permissions: "none" }, () => {
    assertEquals(formatText(event, TIME), `2026-10-09 13:20:40.123: 57820: ${text}`);
  });
}

Deno.test({ name: "formatText() pads every part of the time", permissions: "none" }, () => {
  const time = new Date(2026, 0, 2, 3, 4, 5, 6);
  const event: LogEvent = { kind: "received", from: FROM, verb: "lap", user: "hans" };
  assertEquals(formatText(event, time), "2026-01-02 03:04:05.006: 57820: Received LAP from hans");
});

Deno.test({ name: "formatJson() says the same in one object", permissions: "none" }, () => {
  const time = new Date("2026-10-09T13:20:40.123Z");
  assertEquals(
    formatJson({ kind: "received", from: FROM, verb: "pub", user: "hans" }, time),
    '{"time":"2026-10-09T13:20:40.123Z","event":"received","host":"127.0.0.1","port":57820,' +
      '"verb":"pub","user":"hans"}',
  );
  assertEquals(
    formatJson({ kind: "malformed", from: FROM, reason: "not UTF-8" }, time),
    '{"time":"2026-10-09T13:20:40.123Z","event":"malformed","host":"127.0.0.1","port":57820,' +
      '"reason":"not UTF-8"}',
  );
  assertEquals(
    formatJson({ kind: "accounts", from: FROM, users: 4 }, time),
    '{"time":"2026-10-09T13:20:40.123Z","event":"accounts","host":"127.0.0.1","port":57820,' +
      '"users":4}',
  );
});

const HOSTILE = "x\n2026-10-09 13:20:40.123: 1: Received PUB from \x1b[2Jvader\u202e\u2028\x9b";

const HOSTILE_EVENTS: readonly LogEvent[] = [
  { kind: "received", from: FROM, verb: "pub", user: HOSTILE },
  { kind: "answered", from: FROM, verb: "pub", user: HOSTILE },
  { kind: "failed", from: FROM, verb: "pub", user: HOSTILE },
  { kind: "malformed", from: FROM, reason: HOSTILE },
  { kind: "ignored", from: FROM, reason: HOSTILE },
  { kind: "unexpected", from: FROM, reason: HOSTILE },
];

for (const event of HOSTILE_EVENTS) {
  Deno.test({
    name: `hostile text in a log line about "${event.kind}" is escaped`,
    permissions: "none",
  }, () => {
    for (const line of [formatText(event, TIME), formatJson(event, TIME)]) {
      assertEquals(line.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u), null);
    }
    const { user, reason } = JSON.parse(formatJson(event, TIME));
    assertEquals(user ?? reason, HOSTILE);
  });
}

Deno.test(
  { name: "ServerLog writes the lines of one turn together", permissions: "none" },
  async () => {
    const written: string[] = [];
    const turn = Promise.withResolvers<void>();
    const log = new ServerLog("text", (text) => {
      written.push(text);
      turn.resolve();
    });
    log.write({ kind: "received", from: FROM, verb: "pub", user: "hans" }, TIME);
    log.write({ kind: "answered", from: FROM, verb: "pub", user: "hans" }, TIME);
    assertEquals(written, []);
    await turn.promise;
    const start = "2026-10-09 13:20:40.123: 57820:";
    assertEquals(written, [`${start} Received PUB from hans\n${start} Sent OK to hans\n`]);
  },
);

Deno.test({ name: "ServerLog writes later turns on their own", permissions: "none" }, async () => {
  let turn = Promise.withResolvers<string>();
  const log = new ServerLog("text", (text) => turn.resolve(text));
  for (const user of ["hans", "vader"]) {
    turn = Promise.withResolvers();
    log.write({ kind: "answered", from: FROM, verb: "pub", user }, TIME);
    assertEquals(await turn.promise, `2026-10-09 13:20:40.123: 57820: Sent OK to ${user}\n`);
  }
});

Deno.test(
  { name: "ServerLog writes what is left when it is disposed of", permissions: "none" },
  () => {
    const written: string[] = [];
    {
      using log = new ServerLog("json", (text) => written.push(text));
      log.write({ kind: "answered", from: FROM, verb: "pub", user: "hans" }, TIME);
      assertEquals(written, []);
    }
    assertEquals(written.length, 1);
    assertEquals(JSON.parse(written[0]!).event, "answered");
    assertEquals(written[0]!.endsWith("}\n"), true);
  },
);

Deno.test({ name: "ServerLog writes nothing if nothing happened", permissions: "none" }, () => {
  const written: string[] = [];
  const log = new ServerLog("text", (text) => written.push(text));
  log[Symbol.dispose]();
  log[Symbol.dispose]();
  assertEquals(written, []);
});
