/**
 * Asks one server what each user publishes. `judge_process.ts <server> <user to log in as> <users>`
 * writes the views as one line of JSON.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { toStdout } from "../../lib/cli/write.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import { IndexLocation } from "../../lib/peer/session/index_location.ts";
import { SealedSession } from "../../lib/peer/session/sealed_session.ts";
import { PORTS } from "../support/users.ts";
import { now } from "./clock.ts";
import type { View } from "./history.ts";

/** How long a server may take until it lets somebody in, which may just be starting, in milliseconds. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 500;

async function logIn(session: SealedSession, judge: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await session.logIn(judge, `pw-${judge}`, PORTS);
    } catch (error) {
      if (!(error instanceof BitTrickleError) || performance.now() > deadline) throw error;
      await delay(RETRY_MS);
    }
  }
}

async function look(server: string, judge: string, users: readonly string[]): Promise<View[]> {
  const [hostname, port] = server.split(":");
  const location = new IndexLocation({ index: { hostname: hostname!, port: Number(port) } });
  const session = new SealedSession(location);
  const views: View[] = [];
  try {
    await logIn(session, judge);
    for (const of of users) {
      const began = now();
      const reply = await session.ask({ verb: "lpf", of });
      if (reply.kind !== "list") throw new Error(`${server} says ${reply.kind}`);
      const names = reply.items;
      views.push({ type: "view", observer: server, of, names, began, ended: now() });
    }
  } finally {
    await session.close();
  }
  return views;
}

if (import.meta.main) {
  const [server, judge, users] = Deno.args;
  toStdout(`${JSON.stringify(await look(server!, judge!, users!.split(",")))}\n`);
}
