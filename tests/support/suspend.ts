/**
 * Ctrl-Z and `fg`, the same wherever the client comes from.
 *
 * @module
 */

import type { Screen } from "./screen.ts";

/** Suspends a logged-in client in the middle of a line, uses the shell, and goes on with the line. */
export async function suspendAndResume(screen: Screen): Promise<void> {
  await screen.press("la");
  await screen.shows("> la");
  await screen.press("C-z");
  await screen.shows("[148]$");
  // A terminal that was left as the client had it shows nothing of what is typed.
  await screen.press("echo it''s back", "Enter");
  await screen.shows("[148]$ echo it''s back\nits back\n");
  await screen.press("fg", "Enter");
  await screen.comesTo("the line", (text) => text.trimEnd().endsWith("\n> la"));
  await screen.press("p", "Enter");
  await screen.shows("> lap\nNo active peers\n>");
  await screen.press("xit", "Enter");
  await screen.shows("Goodbye!\n[0]$");
}
