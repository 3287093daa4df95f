/**
 * New passwords as a person types them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Network } from "../support/network.ts";
import { HAS_TERMINAL, Screen } from "../support/screen.ts";
import { hostAndPort } from "../support/host.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };

/** Types an answer to a question, once that is asked. */
async function answer(screen: Screen, question: string, text: string): Promise<void> {
  await screen.comesTo(question, (shown) => shown.trimEnd().endsWith(question), 30_000);
  await screen.press(text, "Enter");
}

Deno.test("who is invited types a new password twice, unseen, and is in", ON_TERMINAL, async () => {
  await using network = await Network.start();
  const address = hostAndPort(network.port);
  const { stdout } = await network.administer("invite", "leia", "--address", address);
  await network.server.shows('"event":"accounts"');
  const command = [...network.programs.client, "join", stdout.trim()];
  await using screen = await Screen.open(network, { command });
  await answer(screen, "New password:", "alderaan-7");
  await answer(screen, "The same again:", "alderaan-7");
  await screen.shows("Welcome to BitTrickle!", 10_000);
  await answer(screen, ">", "lap");
  const shown = await screen.shows("No active peers");
  assert(!shown.includes("alderaan"));
});

Deno.test("a mistyped repetition leaves the invitation as it was", ON_TERMINAL, async () => {
  await using network = await Network.start();
  const address = hostAndPort(network.port);
  const { stdout } = await network.administer("invite", "leia", "--address", address);
  const command = [...network.programs.client, "join", stdout.trim()];
  await using screen = await Screen.open(network, { command });
  await answer(screen, "New password:", "alderaan-7");
  await answer(screen, "The same again:", "alderaan-8");
  await screen.shows("The passwords differ: nothing changed");
  await screen.shows("[2]$");
  assert((await network.administer("invite", "--list")).stdout.startsWith("leia  open until "));
});

Deno.test("passwd asks for the old password and twice for the new one", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await network.home.write("password", "old-secret");
  const flags = ["--password-file", "password"];
  assertEquals((await network.administer("user", "add", "leia", ...flags)).code, 0);
  await network.server.shows('"event":"accounts"');
  const command = [...network.programs.client, network.typedIndex, "passwd"];
  await using screen = await Screen.open(network, { command });
  await answer(screen, "Enter username:", "leia");
  await answer(screen, "Current password:", "old-secret");
  await answer(screen, "New password:", "new-secret");
  await answer(screen, "The same again:", "new-secret");
  const shown = await screen.shows("leia has a new password", 10_000);
  assert(!shown.includes("secret"));
});
