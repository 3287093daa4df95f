/**
 * A program of its own, so that it can run on another host than the index: logs in many users at once
 * and prints how many are in. `crowd_of_logins.ts <host> <port> <user>…`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { IndexLocation } from "../../lib/peer/session/index_location.ts";
import { SealedSession } from "../../lib/peer/session/sealed_session.ts";
import { PORTS } from "./users.ts";

if (import.meta.main) {
  const [hostname, port, ...users] = Deno.args as [string, string, ...string[]];
  const index = { hostname, port: Number(port) };
  const logins = await Promise.allSettled(users.map((user) => {
    return new SealedSession(new IndexLocation({ index })).logIn(user, `pw-${user}`, PORTS);
  }));
  const faults = logins.filter((login) => login.status === "rejected");
  await toStdout(`${logins.length - faults.length} are in\n${faults[0]?.reason ?? ""}`);
  Deno.exit();
}
