/**
 * Asking whoever sits at the terminal for a new password.
 *
 * @module
 */

import { onInterrupt } from "../../cli/interrupt.ts";
import { askNewPassword } from "../../cli/password.ts";
import { Terminal } from "../../cli/terminal.ts";

/**
 * Asks for a new password.
 *
 * @throws {BitTrickleError} `usage` for one that nobody can have; `interrupted`
 */
export async function askPassword(): Promise<string> {
  using terminal = new Terminal({ onInterrupt: () => terminal.close() });
  using _ = onInterrupt(() => terminal.close());
  return await askNewPassword(terminal);
}
