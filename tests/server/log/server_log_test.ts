import { assert, assertEquals } from "@std/assert";
import { LogLines } from "../../../lib/server/log/log_lines.ts";
import { isLogged, type LogEvent, putJson, putText } from "../../../lib/server/log/log_text.ts";
import { ServerLog } from "../../../lib/server/log/server_log.ts";
import { waitFor } from "../../support/wait_for.ts";

const FROM = { hostname: "127.0.0.1", port: 57_820 };
const TIME = new Date(2026, 9, 9, 13, 20, 40, 123).getTime();

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const lineOf = (event: LogEvent, time: number) => oneLine(putText, event, time);
const jsonOf = (event: LogEvent, time: number) => oneLine(putJson, event, time);

function oneLine(put: typeof putText, event: LogEvent, time: number): string {
  const lines = new LogLines(1_000);
  put(lines, event, time);
  const text = textOf(lines.bytes);
  assert(text.endsWith("\n"));
  return text.slice(0, -1);
}

const REPLY = { from: FROM, verb: "pub", user: "hans", code: 200, since: 0 } as const;

const LINES: readonly (readonly [event: LogEvent, text: string])[] = [
  [
    { kind: "received", from: FROM, verb: "pub", user: "hans", subject: "a \u202e.pdf" },
    "Received PUB from hans: a \\u{202e}.pdf",
  ],
  [{ kind: "received", from: FROM, verb: "login", user: "hans" }, "Received LOGIN from hans"],
  [
    { kind: "received", from: FROM, verb: "login", user: "hans", agent: "other/1 \u202e" },
    "Received LOGIN from hans (other/1 \\u{202e})",
  ],
  [
    { kind: "received", from: FROM, verb: "pub", user: "hans", subject: "a", others: ["b", "c"] },
    "Received PUB from hans: a and 2 more",
  ],
  [{ kind: "account", from: FROM, user: "leia", change: "disabled" }, "User leia: disabled"],
  [{ kind: "stopping", from: FROM }, "Stopping"],
  [{ kind: "answered", ...REPLY }, "Sent OK to hans"],
  [{ kind: "failed", ...REPLY, code: 403, reason: "not you" }, "Sent ERR to hans: 403 not you"],
  [
    { kind: "unproven", from: FROM, user: "hans" },
    "Login of hans from 127.0.0.1 failed: the password was not proven",
  ],
  [
    { kind: "malformed", from: FROM, reason: "unknown command" },
    "Received a malformed message: unknown command",
  ],
  [{ kind: "ignored", from: FROM, reason: "off limits" }, "Ignored 127.0.0.1: off limits"],
  [
    { kind: "listening", from: FROM, users: 4, isLocal: true },
    "Listening on 127.0.0.1:57820, 4 users may log in; only this machine can reach it: " +
    "--host 0.0.0.0 lets others in",
  ],
  [
    { kind: "listening", from: { hostname: "0.0.0.0", port: 57_820 }, users: 4, isLocal: false },
    "Listening on 0.0.0.0:57820, 4 users may log in",
  ],
  [
    { kind: "listening", from: { hostname: "::1", port: 57_820 }, users: 1, isLocal: true },
    "Listening on [::1]:57820, 1 user may log in; only this machine can reach it: " +
    "--host :: lets others in",
  ],
  [{ kind: "accounts", from: FROM, users: 4 }, "Read the credentials again, 4 users may log in"],
  [
    { kind: "unsaved", from: FROM, reason: "the disk is full" },
    "Cannot save what is published or withdrawn: the disk is full",
  ],
  [{ kind: "saved", from: FROM }, "Can save again"],
  [{ kind: "unexpected", from: FROM, reason: "disk on fire" }, "Unexpected: disk on fire"],
  [
    { kind: "unwritten", from: FROM, lines: 1_234 },
    "1,234 lines could not be written here",
  ],
  [
    { kind: "left out", from: FROM, cause: "stranger", lines: 1_234 },
    "1,234 more lines left out, caused by strangers",
  ],
];

for (const [event, text] of LINES) {
  Deno.test({ name: `putText() says "${text}"`, permissions: "none" }, () => {
    assertEquals(lineOf(event, TIME), `2026-10-09 13:20:40.123: 57820: ${text}`);
  });
}

Deno.test({ name: "putText() pads every part of the time", permissions: "none" }, () => {
  const time = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();
  const event: LogEvent = { kind: "received", from: FROM, verb: "lap", user: "hans" };
  assertEquals(lineOf(event, time), "2026-01-02 03:04:05.006: 57820: Received LAP from hans");
});

Deno.test({ name: "putJson() says the same in one object", permissions: "none" }, () => {
  const time = Date.parse("2026-10-09T13:20:40.123Z");
  assertEquals(
    jsonOf({ kind: "received", from: FROM, verb: "pub", user: "hans" }, time),
    '{"time":"2026-10-09T13:20:40.123Z","event":"received","host":"127.0.0.1","port":57820,' +
      '"verb":"pub","user":"hans"}',
  );
  assertEquals(
    jsonOf({ kind: "malformed", from: FROM, reason: "not UTF-8" }, time),
    '{"time":"2026-10-09T13:20:40.123Z","event":"malformed","host":"127.0.0.1","port":57820,' +
      '"reason":"not UTF-8"}',
  );
  assertEquals(
    jsonOf({ kind: "accounts", from: FROM, users: 4 }, time),
    '{"time":"2026-10-09T13:20:40.123Z","event":"accounts","host":"127.0.0.1","port":57820,' +
      '"users":4}',
  );
});

Deno.test({ name: "the server's own clock is not in the log", permissions: "none" }, () => {
  const line = jsonOf({ kind: "failed", ...REPLY, subject: "a", code: 404 }, TIME);
  const { since, code, subject } = JSON.parse(line);
  assertEquals([since, code, subject], [undefined, 404, "a"]);
});

Deno.test({ name: "heartbeats and dropped datagrams have no lines", permissions: "none" }, () => {
  assert(!isLogged({ kind: "dropped", from: FROM, why: "malformed" }));
  assert(!isLogged({ kind: "answered", ...REPLY, verb: "heartbeat" }));
  assert(!isLogged({ kind: "answered", ...REPLY, verb: "move", subject: "also" }));
  assert(isLogged({ kind: "answered", ...REPLY, verb: "move" }));
  assert(isLogged({ kind: "answered", ...REPLY }));
});

const HOSTILE = "x\n2026-10-09 13:20:40.123: 1: Received PUB from \x1b[2Jvader\u202e\u2028\x9b";

const HOSTILE_EVENTS: readonly LogEvent[] = [
  { kind: "received", from: FROM, verb: "pub", user: HOSTILE },
  { kind: "received", from: FROM, verb: "pub", user: HOSTILE, subject: HOSTILE, agent: HOSTILE },
  { kind: "answered", ...REPLY, user: HOSTILE },
  { kind: "failed", ...REPLY, user: HOSTILE, reason: HOSTILE },
  { kind: "unproven", from: FROM, user: HOSTILE },
  { kind: "malformed", from: FROM, reason: HOSTILE },
  { kind: "ignored", from: FROM, reason: HOSTILE },
  { kind: "unexpected", from: FROM, reason: HOSTILE },
];

for (const event of HOSTILE_EVENTS) {
  Deno.test({
    name: `hostile text in a log line about "${event.kind}" is escaped`,
    permissions: "none",
  }, () => {
    for (const line of [lineOf(event, TIME), jsonOf(event, TIME)]) {
      assertEquals(line.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u), null);
    }
    const { user, reason } = JSON.parse(jsonOf(event, TIME));
    assertEquals(user ?? reason, HOSTILE);
  });
}

const ANSWERED = { kind: "answered", ...REPLY } as const;

Deno.test(
  { name: "ServerLog writes lines together that come in quick succession", permissions: "none" },
  async () => {
    const written: string[] = [];
    {
      await using log = new ServerLog(
        "text",
        (lines) => Promise.resolve(void written.push(textOf(lines))),
      );
      log.write({ ...ANSWERED, kind: "received" }, "session", TIME);
      log.write(ANSWERED, "session", TIME);
      assertEquals(written, []);
    }
    const start = "2026-10-09 13:20:40.123: 57820:";
    assertEquals(written, [`${start} Received PUB from hans\n${start} Sent OK to hans\n`]);
  },
);

Deno.test(
  { name: "ServerLog writes what came meanwhile after what is being written", permissions: "none" },
  async () => {
    const written: string[] = [];
    const first = Promise.withResolvers<void>();
    const log = new ServerLog("json", async (lines) => {
      if (written.push(textOf(lines)) === 1) await first.promise;
    });
    log.write(ANSWERED, "session", TIME);
    await waitFor("the first write", () => written.length === 1);
    for (let i = 0; i < 3; i++) log.write(ANSWERED, "session", TIME);
    assertEquals(written.length, 1);
    first.resolve();
    await log[Symbol.asyncDispose]();
    assertEquals(written.map((text) => text.split("\n").length - 1), [1, 3]);
  },
);

Deno.test(
  { name: "ServerLog outlives a reader that is gone, and one that is stuck", permissions: "none" },
  async () => {
    const broken = new ServerLog("text", () => Promise.reject(new Error("no space left")));
    broken.write(ANSWERED, "session", TIME);
    await broken[Symbol.asyncDispose]();
    const stuck = new ServerLog("text", () => Promise.withResolvers<void>().promise, {
      leavingMs: 10,
    });
    for (let i = 0; i < 100_000; i++) stuck.write(ANSWERED, "session", TIME);
    await stuck[Symbol.asyncDispose]();
  },
);

Deno.test({
  name: "a ServerLog says that it cannot be written, and how many lines are missing",
  permissions: "none",
}, async () => {
  const full = new Error("no space left");
  const heard: unknown[] = [];
  let isFull = true;
  let [writes, text] = [0, ""];
  const sink = (lines: Uint8Array) => {
    writes++;
    if (isFull) return Promise.reject(full);
    return Promise.resolve(void (text += textOf(lines)));
  };
  await using log = new ServerLog("text", sink, {
    onFault: (error) => void heard.push(error),
    onRecovery: (lines) => void heard.push(lines),
  });
  for (let round = 1; round <= 3; round++) {
    for (let i = 0; i < 100; i++) log.write(ANSWERED, "session", TIME);
    await waitFor("the write", () => writes === round);
  }
  isFull = false;
  log.write({ kind: "saved", from: FROM });
  await waitFor("both lines", () => text.split("\n").length === 3);
  assert(/: 300 lines could not be written here\n.*: Can save again\n$/.test(text), text);
  assertEquals(heard, [full, 300]);
});

Deno.test({
  name: "a ServerLog that fails by turns says so in the log each time, elsewhere once a minute",
  permissions: "none",
}, async () => {
  const heard: unknown[] = [];
  let [writes, text] = [0, ""];
  const sink = (lines: Uint8Array) => {
    if (++writes % 3 === 1) return Promise.reject(new Error("no space left"));
    return Promise.resolve(void (text += textOf(lines)));
  };
  await using log = new ServerLog("text", sink, {
    onFault: () => void heard.push("fault"),
    onRecovery: (lines) => void heard.push(lines),
  });
  for (const after of [1, 3, 4, 6]) {
    log.write(ANSWERED, "session", TIME);
    await waitFor("the writes", () => writes === after);
  }
  assertEquals(text.match(/: 1 line could not be written here/g)?.length, 2);
  assertEquals(heard, ["fault", 1]);
});

Deno.test(
  { name: "ServerLog writes nothing if nothing happened", permissions: "none" },
  async () => {
    const written: string[] = [];
    const log = new ServerLog("text", (lines) => Promise.resolve(void written.push(textOf(lines))));
    await log[Symbol.asyncDispose]();
    await log[Symbol.asyncDispose]();
    assertEquals(written, []);
  },
);

Deno.test(
  { name: "ServerLog loses whole lines if nobody takes them, and no others", permissions: "none" },
  async () => {
    let text = "";
    const first = Promise.withResolvers<void>();
    const log = new ServerLog("text", async (lines) => {
      text += textOf(lines);
      await first.promise;
    });
    log.write(ANSWERED, "session", TIME);
    await waitFor("the first write", () => text !== "");
    for (let i = 0; i < 30_000; i++) log.write({ ...ANSWERED, user: `häns${i}` }, "session", TIME);
    first.resolve();
    await log[Symbol.asyncDispose]();
    const lines = text.split("\n").slice(1, -1);
    const last = lines.pop()!;
    assert(lines.length > 15_000 && lines.length < 30_000);
    for (const [i, line] of lines.entries()) {
      assertEquals(line, `2026-10-09 13:20:40.123: 57820: Sent OK to häns${i}`);
    }
    const leftOut = (30_000 - lines.length).toLocaleString("en");
    assert(last.endsWith(`: ${leftOut} more lines left out, caused by sessions`), last);
  },
);

/** What `write` makes a log of whose clock stands still. */
async function logged(write: (log: ServerLog) => void): Promise<string[]> {
  let text = "";
  const log = new ServerLog("text", (lines) => Promise.resolve(void (text += textOf(lines))));
  write(log);
  await log[Symbol.asyncDispose]();
  return text.split("\n").slice(0, -1).map((line) => line.split(": ").slice(2).join(": "));
}

Deno.test({
  name: "100,000 datagrams of strangers make a hundred lines and a count, and drown nobody else",
  permissions: "none",
}, async () => {
  const lines = await logged((log) => {
    for (let i = 0; i < 100_000; i++) {
      const from = { hostname: `10.0.${i >> 8 & 255}.${i & 255}`, port: i % 60_000 };
      log.write(
        { kind: i % 2 === 0 ? "malformed" : "ignored", from, reason: "x" },
        "stranger",
        TIME,
      );
    }
    for (let i = 0; i < 1_000; i++) log.write(ANSWERED, "session", TIME);
    log.write({ kind: "unsaved", from: FROM, reason: "the disk is full" }, "server", TIME);
  });
  assertEquals(lines.length, 100 + 1_000 + 1 + 1);
  assertEquals(lines.slice(-2), [
    "Cannot save what is published or withdrawn: the disk is full",
    "99,900 more lines left out, caused by strangers",
  ]);
});

Deno.test({
  name: "a school that is invited at once is told user by user, and drowns no other line",
  permissions: "none",
}, async () => {
  const lines = await logged((log) => {
    for (let i = 0; i < 5_000; i++) {
      const change = { user: `user${i}`, change: "added" } as const;
      log.write({ kind: "account", from: FROM, ...change }, "operator", TIME);
    }
    log.write({ kind: "accounts", from: FROM, users: 5_000 }, "server", TIME);
  });
  assertEquals([lines.length, lines[4_999]], [5_001, "User user4999: added"]);
  assertEquals(lines.at(-1), "Read the credentials again, 5000 users may log in");
});

Deno.test({
  name: "a log of strangers goes on at ten lines a second, whatever the clock does",
  permissions: "none",
}, async () => {
  const count = async (times: readonly number[]) => {
    const lines = await logged((log) => {
      for (const time of times) {
        for (let i = 0; i < 1_000; i++) {
          log.write({ kind: "malformed", from: FROM, reason: "x" }, "stranger", time);
        }
      }
    });
    return lines.length - 1;
  };
  assertEquals(await count([TIME, TIME + 1_000, TIME + 3_000]), 130);
  assertEquals(await count([TIME, TIME - 3_600_000, TIME - 3_599_000]), 110);
});

Deno.test({
  name: "what was left out is told within seconds, though nothing else happens",
  permissions: "none",
}, async () => {
  let text = "";
  const log = new ServerLog("json", (lines) => Promise.resolve(void (text += textOf(lines))));
  for (let i = 0; i < 103; i++) {
    log.write({ kind: "malformed", from: FROM, reason: "x" }, "stranger", TIME);
  }
  await waitFor("the count", () => text.includes("left out"));
  const { event, cause, lines, port } = JSON.parse(text.split("\n").at(-2)!);
  assertEquals({ event, cause, lines, port }, {
    event: "left out",
    cause: "stranger",
    lines: 3,
    port: FROM.port,
  });
  await log[Symbol.asyncDispose]();
});
