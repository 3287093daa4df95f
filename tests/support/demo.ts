/**
 * A session of three users who share real files, told as a person would read it.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { sha256Of, someBytes } from "./bytes.ts";
import { Network, type ShellUser } from "./network.ts";
import type { Program, Programs } from "./program.ts";

const REPOSITORY = fromFileUrl(new URL("../../", import.meta.url));
const FILM = { name: "film.bin", bytes: 64 * 1_024 * 1_024 };

/** Types `line` and tells what comes until `end`. */
export async function say(
  tell: (line: string) => void,
  user: string,
  shell: Program,
  line: string,
  end: string,
): Promise<void> {
  const before = shell.stdout.length;
  await shell.ask(line, end);
  tell(`${user}> ${line}\n${shell.stdout.slice(before).trimEnd()}`);
}

/** Three users at one index, and what is printed of what they do. */
class Demo {
  readonly #copies: { readonly owner: string; readonly user: string; readonly name: string }[] = [];

  constructor(private readonly network: Network, private readonly tell: (line: string) => void) {}

  async join(user: string): Promise<ShellUser> {
    this.tell(`\n(${user} opens a terminal)`);
    const member = await this.network.join(user);
    this.tell(`Enter username: ${user}\nEnter password:\n${member.shell.stdout.trimEnd()}`);
    return member;
  }

  /** Types `line` and tells what comes until `end`. */
  async say(user: string, { shell }: ShellUser, line: string, end: string): Promise<void> {
    await say(this.tell, user, shell, line, end);
  }

  async publish(user: string, member: ShellUser, name: string): Promise<void> {
    await this.say(user, member, `pub ${name}`, "File published successfully\n");
  }

  /** Downloads `name` and remembers to compare it with what `owner` has. */
  async fetch(user: string, member: ShellUser, name: string, owner: string): Promise<void> {
    this.#copies.push({ owner, user, name });
    await this.say(user, member, `get ${name}`, `${name} downloaded successfully\n`);
  }

  /** Compares every copy with its original. Returns how many of them match. */
  async compare(): Promise<{ matching: number; all: number }> {
    let matching = 0;
    for (const { owner, user, name } of this.#copies) {
      const original = await sha256Of(this.network.home.pathOf(join(owner, name)));
      const copy = await sha256Of(this.network.home.pathOf(join(user, name)));
      if (original === copy) matching++;
      this.tell(`${original === copy ? "same" : "DIFFERENT"}  ${copy}  ${user}/${name}`);
    }
    return { matching, all: this.#copies.length };
  }
}

/**
 * Runs the whole session. Returns whether all six downloads match their originals.
 *
 * @param dir Where its folders are made, if not in the system's folder for such
 */
export async function runDemo(
  programs: Programs,
  tell: (line: string) => void,
  dir?: string,
): Promise<boolean> {
  await using network = await Network.start(programs, { dir });
  tell(`A server on UDP port ${network.port} of this machine, and three users.`);
  const demo = new Demo(network, tell);
  const hans = await demo.join("hans");
  const vader = await demo.join("vader");
  const yoda = await demo.join("yoda");
  await demo.say("hans", hans, "lap", "yoda\n");

  tell(`\n(hans shares two files and a film of 64 MiB, yoda two files)`);
  for (const name of ["README.md", "server.ts"]) await copyFile(name, hans);
  for (const name of ["client.ts", "deno.json"]) await copyFile(name, yoda);
  await Deno.writeFile(join(hans.folder, FILM.name), someBytes(FILM.bytes));
  for (const name of ["README.md", "server.ts", FILM.name]) await demo.publish("hans", hans, name);
  for (const name of ["client.ts", "deno.json"]) await demo.publish("yoda", yoda, name);
  await demo.say("vader", vader, "sch .ts", "server.ts\n");

  tell("\n(vader and yoda download the film from hans at the same time)");
  await Promise.all([
    demo.fetch("vader", vader, FILM.name, "hans"),
    demo.fetch("yoda", yoda, FILM.name, "hans"),
  ]);
  await demo.fetch("vader", vader, "server.ts", "hans");
  await demo.fetch("vader", vader, "client.ts", "yoda");
  await demo.fetch("hans", hans, "deno.json", "yoda");
  await demo.fetch("yoda", yoda, "README.md", "hans");
  for (const [name, user] of Object.entries({ hans, vader, yoda })) {
    await demo.say(name, user, "xit", "Goodbye!\n");
    if (await user.shell.ends() !== 0) return false;
  }

  tell("\nSHA-256 of every copy, compared with its original:");
  const { matching, all } = await demo.compare();
  tell(`\n${matching} of ${all} downloads match.`);
  return matching === all && all === 6;
}

async function copyFile(name: string, { folder }: ShellUser): Promise<void> {
  await Deno.copyFile(join(REPOSITORY, name), join(folder, name));
}
