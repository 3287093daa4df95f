/**
 * Takes the walks of the documentation: its lines are typed on machines of their own, which have the
 * addresses that the pages name. It takes tmux, bash and network namespaces.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { CAN_MAKE_NAMESPACES, NetworkNamespaces } from "./namespaces.ts";
import { FROM_SOURCE } from "./program.ts";
import { HAS_TERMINAL, rowsOf, type Screen } from "./screen.ts";
import { TempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";
import { differenceIn, machinesIn, type Step, stepsIn } from "./walk.ts";
import { type Machine, WalkTerminals } from "./walk_terminals.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Whether walks can be taken here. */
export const CAN_WALK: boolean = HAS_TERMINAL && CAN_MAKE_NAMESPACES;

/** The addresses of the machines that the pages speak of. */
const ADDRESSES = ["192.0.2.10", "192.0.2.20"];

/** An invitation whose secret a page leaves out. */
const CUT_INVITATION = /bittrickle:\/\/[^@\s]+@[^/\s]+\/…/;

/**
 * Types what the page at `path` says, and waits for all that it shows.
 *
 * @throws {Error} if something else is shown
 */
async function takeWalkOf(path: string): Promise<void> {
  const page = await Deno.readTextFile(ROOT + path);
  const steps = stepsIn(page);
  await using stack = new AsyncDisposableStack();
  const machines = await makeMachines(stack);
  const named = machinesIn(page);
  const last = Math.max(...steps.map(({ terminal }) => terminal));
  const places = Array.from({ length: last }, (_, i) => machines[(named.get(i + 1) ?? 1) - 1]!);
  const terminals = stack.use(await WalkTerminals.at(places));
  const taken: Step[] = [];
  for (const step of steps) {
    taken.push(await filled(step, terminals));
    await terminals.take(taken.at(-1)!);
  }
  for (const [i, screen] of terminals.screens.entries()) {
    await showsJust(taken.filter(({ terminal }) => terminal === i + 1), screen);
  }
}

async function showsJust(steps: readonly Step[], screen: Screen): Promise<void> {
  let [difference, rows]: [string | undefined, string[]] = [undefined, []];
  await waitFor("what the page shows", async () => {
    rows = rowsOf(await screen.history());
    difference = differenceIn(steps, rows);
    return difference === undefined;
  }).catch(() => {
    throw new Error(`${difference}:\n${rows.join("\n")}`);
  });
}

async function makeMachines(stack: AsyncDisposableStack): Promise<Machine[]> {
  const homes: TempFolder[] = [];
  for (const _ of ADDRESSES) homes.push(stack.use(await TempFolder.make()));
  // Gone before the homes are: whatever still runs in them is killed then, and writes no more.
  const namespaces = stack.use(await NetworkNamespaces.make());
  const machines: Machine[] = [];
  for (const [i, home] of homes.entries()) {
    await installIn(home);
    const host = await namespaces.addHost();
    await host.move(ADDRESSES[i]);
    machines.push({ home, inside: host.command([]) });
  }
  return machines;
}

async function installIn(home: TempFolder): Promise<void> {
  await home.makeFolder(".programs");
  for (const name of ["server", "client"] as const) {
    const words = FROM_SOURCE[name].map((word) => `'${word}'`).join(" ");
    const path = await home.write(
      `.programs/bittrickle-${name}`,
      `#!/bin/sh\nexec ${words} "$@"\n`,
    );
    await Deno.chmod(path, 0o755);
  }
}

/** `step` with the whole invitation of which it shows the beginning, as a person copies it. */
async function filled(step: Step, { screens }: WalkTerminals): Promise<Step> {
  const [cut] = CUT_INVITATION.exec(step.typed) ?? [];
  if (cut === undefined) return step;
  const rows = (await Promise.all(screens.map((screen) => screen.history()))).flatMap(rowsOf);
  const whole = rows.findLast((row) => row.startsWith(cut.slice(0, -1)) && !row.endsWith("…"));
  if (whole === undefined) throw new Error(`No terminal shows an invitation like ${cut}`);
  return { ...step, typed: step.typed.replace(cut, whole) };
}

/** A test for each of `pages`. */
export function testWalks(pages: readonly string[]): void {
  for (const page of pages) {
    Deno.test(`${page} goes as it says`, { ignore: !CAN_WALK }, () => takeWalkOf(page));
  }
}
