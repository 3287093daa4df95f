/**
 * The bare limit of logins: OPAQUE's four steps, both sides in one process, with no network.
 *
 * @module
 */

import { client, ready, server } from "@serenity-kit/opaque";
import { registerPassword } from "../../lib/index/login/login_records.ts";
import { KEY_STRETCHING } from "../../lib/protocol/stretching.ts";
import { PASSWORD } from "./users.ts";

await ready;
const setup = server.createSetup();
const userIdentifier = "somebody";
const registrationRecord = registerPassword(setup, userIdentifier, PASSWORD, "light");

/** Proves a password `count` times and returns how many times a second that was. */
export function measureBareLogins(count: number): number {
  const began = performance.now();
  for (let i = 0; i < count; i++) proveOnce();
  return count / (performance.now() - began) * 1_000;
}

function proveOnce(): void {
  const { clientLoginState, startLoginRequest } = client.startLogin({ password: PASSWORD });
  const { serverLoginState, loginResponse } = server.startLogin({
    serverSetup: setup,
    userIdentifier,
    registrationRecord,
    startLoginRequest,
  });
  const proof = client.finishLogin({
    clientLoginState,
    loginResponse,
    password: PASSWORD,
    keyStretching: KEY_STRETCHING.light,
  });
  if (!proof) throw new Error("the password is wrong");
  server.finishLogin({ serverLoginState, finishLoginRequest: proof.finishLoginRequest });
}
