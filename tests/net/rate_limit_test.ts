import { assert, assertEquals } from "@std/assert";
import { Connection } from "../../lib/net/connection.ts";
import { ConnectionListener } from "../../lib/net/connection_listener.ts";
import { RateLimit } from "../../lib/net/rate_limit.ts";
import { codeOf } from "../support/failures.ts";
import { waitFor } from "../support/wait_for.ts";

const NEVER = new AbortController().signal;
const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

/** Two ends of a connection; the one that connects has limits. */
async function pair(limit: RateLimit, stallMs = 10_000): Promise<[Connection, Connection]> {
  using listener = ConnectionListener.bind(LOOPBACK);
  const accepting = listener.accept().next();
  const limits = { up: limit, down: limit };
  const limited = await Connection.open(listener.address, { stallMs, limits });
  return [limited, new Connection((await accepting).value!, { stallMs: 10_000 })];
}

/** Reads until the end and returns how many bytes came. */
async function drain(connection: Connection): Promise<number> {
  const buffer = new Uint8Array(1_000_000);
  while (await connection.read(buffer) !== null);
  return connection.received;
}

/** Writes `size` bytes again and again until the connection is closed. */
async function writeOn(connection: Connection, size: number): Promise<never> {
  for (;;) await connection.write(new Uint8Array(size));
}

/** How many milliseconds `run` takes. */
async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function assertNear(actual: number, expected: number): void {
  assert(Math.abs(actual / expected - 1) < 0.1, `${actual} is not within 10 % of ${expected}`);
}

Deno.test("what is sent keeps to the limit", async () => {
  const [limited, other] = await pair(new RateLimit(2_000_000));
  using _ = other;
  const draining = drain(other);
  const ms = await timeOf(async () => {
    await limited.write(new Uint8Array(4_000_000));
    limited.close();
    await draining;
  });
  assertNear(ms, 2_000);
});

Deno.test("what is received keeps to the limit", async () => {
  const [limited, other] = await pair(new RateLimit(2_000_000));
  using _ = limited;
  const sending = other.write(new Uint8Array(4_000_000)).then(() => other.close());
  assertNear(await timeOf(() => drain(limited)), 2_000);
  await sending;
});

Deno.test("all who are busy get the same share, whatever they write at a time", async () => {
  const limit = new RateLimit(1_000_000);
  const sizes = [500_000, 1_000_000, 5_000_000];
  const pairs = await Promise.all(sizes.map(() => pair(limit)));
  const ends = pairs.flatMap(([limited, other], i) => {
    return [writeOn(limited, sizes[i]!).catch(() => {}), drain(other)];
  });
  const received = () => pairs.map(([, other]) => other.received);
  const ms = await timeOf(() => {
    return waitFor("3 MB", () => received().reduce((sum, bytes) => sum + bytes) >= 3_000_000);
  });
  const shares = received();
  for (const [limited] of pairs) limited.close();
  await Promise.all(ends);
  assertNear(ms, 3_000);
  for (const share of shares) assertNear(share, 1_000_000);
  for (const [, other] of pairs) other.close();
});

Deno.test("a limit that takes longer than a connection may stall is no stall", async () => {
  const [limited, other] = await pair(new RateLimit(100_000), 100);
  using _ = other;
  const draining = drain(other);
  await limited.write(new Uint8Array(100_000));
  limited.close();
  assertEquals(await draining, 100_000);
});

Deno.test("a limit can be changed for those who wait, and lifted", async () => {
  const limit = new RateLimit(1_000);
  await limit.pay(100_000, "hans", NEVER);
  const waiting = limit.pay(1, "hans", NEVER);
  limit.bytesPerSecond = Infinity;
  assert(await timeOf(() => waiting) < 1_000);
  assertEquals(limit.portion, Infinity);
  limit.bytesPerSecond = 1_000_000;
  assertNear(
    await timeOf(() => Promise.all([250_000, 1].map((it) => limit.pay(it, "hans", NEVER)))),
    250,
  );
});

Deno.test("a closed connection waits no more, and holds up nobody", async () => {
  const limit = new RateLimit(50_000);
  const [limited, other] = await pair(limit);
  using _ = other;
  const writing = codeOf(limited.write(new Uint8Array(1_000_000)));
  const waiting = limit.pay(1, "hans", NEVER);
  limited.close();
  assertEquals(await writing, "network");
  await waiting;
});

Deno.test("who has several connections has no more than who has one", async () => {
  const limit = new RateLimit(1_000_000);
  const sharers = ["vader", "vader", "vader", "yoda"];
  const pairs = await Promise.all(sharers.map(() => pair(limit)));
  const ends = pairs.flatMap(([limited, other], i) => {
    limited.sharer = sharers[i]!;
    return [writeOn(limited, 1_000_000).catch(() => {}), drain(other)];
  });
  const received = () => pairs.map(([, other]) => other.received);
  await waitFor("2 MB", () => received().reduce((sum, bytes) => sum + bytes) >= 2_000_000);
  const yodas = received()[3]!;
  for (const [limited] of pairs) limited.close();
  await Promise.all(ends);
  assertNear(yodas, 1_000_000);
  for (const [, other] of pairs) other.close();
});
