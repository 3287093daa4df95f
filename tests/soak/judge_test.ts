/**
 * Which ends of a `get` are right.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { FaultLog } from "./fault_log.ts";
import { type FaultKind, INDEX } from "./fault_plan.ts";
import { type EndedGet, faultOf } from "./judge.ts";

const CLIENT = 0;
const OWNER = 1;

/** A `get` by the client from the owner that lasted from `began` to `ended` seconds. */
function got(began: number, ended: number, more: Partial<EndedGet> = {}): EndedGet {
  const file = { name: "film", size: 1, owners: [OWNER], seed: 1 };
  const answer = { type: "result", verb: "get" } as const;
  const times = { began: began * 1_000, ended: ended * 1_000 };
  return { client: CLIENT, file, answer, isRight: true, hadBegun: false, ...times, ...more };
}

function failed(code: string, began: number, ended: number, hadBegun = false): EndedGet {
  const answer = { type: "error", verb: "get", code, message: "why" } as const;
  return got(began, ended, { answer, isRight: false, hadBegun });
}

/** A fault of `who` from `began` to `ended` seconds. */
function logOf(who: number, kind: FaultKind, began: number, ended: number): FaultLog {
  const log = new FaultLog();
  log.begin({ kind, who }, began * 1_000).ended = ended * 1_000;
  return log;
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("a right copy within a minute of the last trouble is right, whatever that was", () => {
  assertEquals(faultOf(got(0, 50), new FaultLog()), undefined);
  assertEquals(faultOf(got(0, 110), logOf(OWNER, "sleep", 10, 60)), undefined);
  assertEquals(faultOf(got(0, 110), logOf(OWNER, "loss", 10, 60)), undefined);
});

test("a wrong copy, and one that takes longer, is not", () => {
  const answer = { type: "result", verb: "get" } as const;
  const wrong = got(0, 1, { isRight: false });
  assertEquals(faultOf(wrong, new FaultLog()), `no right copy is there: ${JSON.stringify(answer)}`);
  const slow = faultOf(got(0, 121), logOf(OWNER, "sleep", 10, 60));
  assertEquals(slow, "it took 61 s after the last trouble");
});

test("a file is not found only while its owner or the index is away", () => {
  const get = failed("not_found", 50, 51);
  assertEquals(faultOf(get, logOf(OWNER, "sleep", 10, 60)), undefined);
  assertEquals(faultOf(get, logOf(INDEX, "index-crash", 42, 45)), undefined);
  assertEquals(faultOf(get, logOf(OWNER, "sleep", 10, 30)), "not_found: why");
  assertEquals(faultOf(get, logOf(CLIENT, "sleep", 10, 60)), "not_found: why");
  assertEquals(faultOf(get, logOf(OWNER, "loss", 10, 60)), "not_found: why");
});

test("nobody answers only while somebody is away, and no error is right half way", () => {
  const log = logOf(CLIENT, "cable", 10, 60);
  assertEquals(faultOf(failed("timeout", 50, 55), log), undefined);
  assertEquals(faultOf(failed("unverified", 50, 55), log), "unverified: why");
  const broken = failed("timeout", 50, 55, true);
  assertEquals(faultOf(broken, log), "it was given up half way: timeout: why");
});
