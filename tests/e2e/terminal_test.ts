import { assert, assertEquals } from "@std/assert";
import { Network } from "../support/network.ts";
import { HAS_TERMINAL, Screen } from "../support/screen.ts";
import { waitFor } from "../support/wait_for.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };

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

Deno.test(
  "Tab completes commands, Up recalls them, Ctrl-C clears the line",
  ON_TERMINAL,
  async () => {
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
    await screen.comesTo("the line again", (text) => text.trimEnd().endsWith("> lpf"));
    await screen.press("C-c");
    await screen.comesTo("a prompt", (text) => text.trimEnd().endsWith("> lpf ^C\n>"));
    await screen.interruptUntil("Ctrl-C again to leave\n>");
    const end = await screen.interruptUntil("[130]$");
    assertEquals(end.split("\n").filter((line) => line === "Goodbye!").length, 1);
  },
);

Deno.test("Ctrl-D leaves like xit", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.logIn();
  await screen.press("C-d");
  await screen.shows("Goodbye!\n[0]$");
});

Deno.test("Ctrl-C at a new password changes nothing", ON_TERMINAL, async () => {
  await using network = await Network.start();
  const command = [...network.programs.server, "user", "passwd", "hans", "--credentials"];
  const path = network.home.pathOf("credentials.txt");
  const before = await Deno.readTextFile(path);
  await using screen = await Screen.open(network, { command: [...command, path] });
  await screen.shows("New password:");
  await screen.press("no-more-pw", "C-c");
  await screen.shows("Nothing was changed\n[130]$");
  await screen.press("echo it''s back", "Enter");
  assert((await screen.shows("\nits back\n")).includes("[130]$ echo it''s back"));
  assert(!(await screen.text()).includes("no-more-pw"));
  assertEquals(await Deno.readTextFile(path), before);
});

for (const suspended of [false, true]) {
  const when = suspended ? " while it is suspended" : "";
  Deno.test(`a client whose terminal is closed${when} leaves in order`, ON_TERMINAL, async () => {
    await using network = await Network.start();
    const codePath = network.home.pathOf("code");
    const client = [...network.programs.client, network.typedIndex].join(" ");
    const script = `trap : HUP TERM\n${client}\necho $? >${codePath}\n`;
    const command = ["bash", await network.home.write("run.sh", script)];
    {
      await using screen = await Screen.open(network, { command });
      await screen.logIn();
      if (suspended) await screen.press("C-z");
      if (suspended) await screen.shows("[148]$");
    }
    let code = "";
    await waitFor("the exit code", async () => {
      code = await Deno.readTextFile(codePath).catch(() => "");
      return code.endsWith("\n");
    });
    // The end of input may be noticed first, and a second signal come when all is done.
    assert(["0\n", "129\n", "130\n"].includes(code), `exit code ${code}`);
  });
}

Deno.test("Ctrl-C ends a request that nobody answers, and not the shell", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.logIn();
  network.server.kill("SIGSTOP");
  try {
    await screen.press("lap", "Enter");
    await screen.comesTo("the request", (text) => text.trimEnd().endsWith("> lap"));
    await screen.interruptUntil("lap was interrupted\n>");
  } finally {
    network.server.kill("SIGCONT");
  }
  await screen.press("lap", "Enter");
  await screen.shows("> lap\nNo active peers\n>");
});
