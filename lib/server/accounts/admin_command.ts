/**
 * `bittrickle-server admin …`: who administers the server on its status page.
 *
 * @module
 */

import { givenPassword } from "../../cli/password.ts";
import { toStderr } from "../../cli/write.ts";
import type { AdminFlags } from "../flags/admin_flags.ts";
import { setAdminPassword } from "./admin_password.ts";
import { askPassword } from "./ask_password.ts";

/**
 * Sets the administrator's password.
 *
 * @throws {BitTrickleError} `usage`, `disk` or `interrupted`
 */
export async function runAdminCommand({ credentials, passwordFile }: AdminFlags): Promise<void> {
  const password = await givenPassword(passwordFile) ?? await askPassword();
  await setAdminPassword(credentials, password);
  toStderr("The administrator of the status page has a new password\n");
}
