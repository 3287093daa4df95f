/**
 * Logging in.
 *
 * @module
 */

import type { Client, Steps } from "./client.ts";

/** How often a login is tried that a busy server does not hear. */
const TRIES = 5;

interface Login {
  readonly client: Client;
  readonly steps: Steps;
}

/**
 * Logs `clients` in at once, again those of whom a datagram gets lost on the way: one after the other, those
 * who were first would be silent for too long where a login takes its time.
 */
export async function logIn(...clients: readonly Client[]): Promise<void> {
  for (let left = clients, tries = 1; left.length > 0; tries++) {
    left = await tryToLogIn(left, (error) => {
      if (tries === TRIES) throw error;
    });
  }
}

/** Returns those who are not in. */
async function tryToLogIn(
  clients: readonly Client[],
  onFault: (error: unknown) => void,
): Promise<Client[]> {
  const failed: Client[] = [];
  let logins: Login[] = clients.map((client) => ({ client, steps: client.logIn() }));
  while (logins.length > 0) {
    const next: Login[] = [];
    for (const login of logins) {
      try {
        if (!(await login.steps.next()).done) next.push(login);
      } catch (error) {
        onFault(error);
        failed.push(login.client);
      }
    }
    logins = next;
  }
  return failed;
}
