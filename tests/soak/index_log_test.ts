/**
 * What a log tells of sessions that have moved.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { AddressChange } from "./address_changes.ts";
import { type DoneChange, IndexLog } from "./index_log.ts";

function line(at: number, verb: string, user: string, event = "answered"): string {
  return JSON.stringify({ time: new Date(at).toISOString(), event, verb, user });
}

function changeOf(at: number, ...users: string[]): DoneChange {
  const kind: AddressChange["kind"] = "another address";
  return { change: { kind, users, act: () => Promise.resolve() }, at };
}

Deno.test({
  name: "a session has moved with its first proof after a change, unless the next one was quicker",
  permissions: "none",
  fn: () => {
    const log = new IndexLog([
      line(0, "login", "hans"),
      line(50, "move", "hans"),
      line(1_200, "move", "hans", "received"),
      line(1_300, "move", "hans"),
      line(1_300, "move", "yoda"),
      line(3_500, "move", "hans"),
    ].join("\n"));
    const changes = [
      changeOf(1_000, "hans"),
      changeOf(2_000, "hans"),
      changeOf(3_000, "hans", "yoda"),
    ];
    const moves = log.movesAfter(changes).map(({ user, ms, wasOvertaken }) => {
      return [user, ms, wasOvertaken];
    });
    assertEquals(moves, [
      ["hans", 300, false],
      ["hans", undefined, true],
      ["hans", 500, false],
      ["yoda", undefined, false],
    ]);
    assertEquals([log.loginsOf("hans"), log.loginsOf("yoda"), log.requests], [1, 0, 5]);
  },
});
