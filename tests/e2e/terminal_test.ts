import { assert, assertEquals } from "@std/assert";
import { canRun } from "../support/permission.ts";
import { Network } from "../support/network.ts";
import { Screen } from "../support/screen.ts";

const ON_TERMINAL = { ignore: !await canRun("tmux", "-V") };

Deno.test(
  "on a terminal the password is hidden, there and in the history",
  ON_TERMINAL,
  async () => {
    await using network = await Network.start();
    await using screen = await Screen.open(network);
    await screen.logIn();
    await screen.press("lap", "Enter");
    await screen.shows("No active peers");
    await screen.press("Up", "Up", "Home", "x");
    const shown = await screen.shows("> x");
    assert(!shown.includes("pw-hans") && !shown.includes("xhans"));
  },
);

Deno.test("Tab completes commands, Up recalls them, Ctrl-C leaves", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.logIn();
  await screen.press("lp");
  await screen.shows("> lp");
  await screen.press("Tab");
  await screen.shows("> lpf");
  await screen.press("Enter");
  await screen.shows("No files published");
  await screen.press("Up");
  await screen.press("C-c");
  const end = await screen.shows("exit code 130");
  assertEquals(end.split("\n").filter((line) => line === "Goodbye!").length, 1);
});

Deno.test("Ctrl-D leaves like xit", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.logIn();
  await screen.press("C-d");
  await screen.shows("exit code 0");
});
