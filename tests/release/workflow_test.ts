/**
 * The workflow of GitHub that makes a release names tasks, files and jobs that there are.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { parse } from "@std/yaml/parse";
import { TARGETS } from "../../release/targets.ts";
import { canRun, MAY_USE_DISK } from "../support/permission.ts";
import { systemCommand } from "../support/system_command.ts";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly "runs-on": string;
  readonly strategy?: { matrix: { os?: string[]; include?: { os: string; target: string }[] } };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: { push: { tags: string[] } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const WITH_DISK = { ignore: !MAY_USE_DISK };

const read = (path: string) => Deno.readTextFile(`${ROOT}${path}`);
const workflow = MAY_USE_DISK
  ? parse(await read(".github/workflows/release.yml")) as Workflow
  : { jobs: {} } as Workflow;
const jobs = Object.entries(workflow.jobs);
const scripts = jobs.flatMap(([, { steps }]) => steps.flatMap(({ run }) => run ?? []));

const needsOf = ({ needs = [] }: Job) => typeof needs === "string" ? [needs] : needs;

Deno.test("a release is made of a tag, after the gate, the build and each trial", WITH_DISK, () => {
  assertEquals(workflow.on, { push: { tags: ["v*"] } });
  assertEquals(needsOf(workflow.jobs["publish"]!), ["gate", "build", "try"]);
  for (const [name, job] of jobs) {
    for (const needed of needsOf(job)) assert(needed in workflow.jobs, `${name} needs ${needed}`);
    if (name !== "version") assert(isAfter(name, "version"), `${name} does not wait for version`);
  }
});

Deno.test("only what publishes may write", WITH_DISK, () => {
  assertEquals(workflow.permissions, { contents: "read" });
  const writing = jobs.filter(([, { permissions }]) => permissions).map(([name]) => name);
  assertEquals(writing, ["publish"]);
});

Deno.test(
  "every task that is run is there, and the gate is that of every change",
  WITH_DISK,
  async () => {
    const { tasks } = JSON.parse(await read("deno.json"));
    const run = scripts.flatMap((it) =>
      [...it.matchAll(/deno task (\S+)/g)].map(([, name]) => name!)
    );
    assertEquals(run, ["ok", "release", "demo"]);
    for (const name of run) assert(name in tasks, name);
    const usual = parse(await read(".github/workflows/gate.yml")) as Workflow;
    const { strategy, steps } = usual.jobs["gate"]!;
    assertEquals(workflow.jobs["gate"]!.strategy, strategy);
    assertEquals(workflow.jobs["gate"]!.steps, steps);
  },
);

Deno.test("every target is tried on a system of its own", WITH_DISK, () => {
  const tried = workflow.jobs["try"]!.strategy!.matrix.include!;
  assertEquals(tried.map(({ target }) => target), [
    ...["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"],
    ...["x86_64-apple-darwin", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"],
  ]);
  assertEquals(tried.map(({ target }) => target), TARGETS.map(({ triple }) => triple));
  assertEquals(new Set(tried.map(({ os }) => os)).size, TARGETS.length);
});

Deno.test("what one job leaves, the others take", WITH_DISK, () => {
  const artifacts = jobs.flatMap(([, { steps }]) => {
    return steps.filter(({ uses }) => /-artifact@/.test(uses ?? "")).map((it) => it.with!);
  });
  for (const { name, path } of artifacts) assertEquals([name, path], ["release", "dist/release"]);
  assertEquals(artifacts.length, 3);
});

Deno.test("every action has a version", WITH_DISK, () => {
  for (const [, { steps }] of jobs) {
    for (const { uses } of steps) assert(!uses || /@v\d|@[0-9a-f]{40}$/.test(uses), uses);
  }
});

const HAS_JQ = Deno.build.os !== "windows" && await canRun("jq", "--version");

Deno.test(
  "only the tag of the version in deno.json is let through",
  { ignore: !HAS_JQ },
  async () => {
    const { version } = JSON.parse(await read("deno.json"));
    const [, { run: check }] = workflow.jobs["version"]!.steps as [Step, Step];
    const isLet = async (tag: string) => {
      const script = `cd "$0" && GITHUB_REF_NAME=$1 && ${check}`;
      return await systemCommand("bash", "-c", script, ROOT, tag).then(() => true, () => false);
    };
    assertEquals(await isLet(`v${version}`), true);
    for (const tag of [version, `v${version}0`, "v0.0.1", "v"]) {
      assertEquals(
        await isLet(tag),
        false,
      );
    }
  },
);

Deno.test("every script is one that bash understands", {
  ignore: Deno.build.os === "windows" || !await canRun("bash", "-c", ":"),
}, async () => {
  for (const script of scripts) {
    await systemCommand("bash", "-n", "-c", script.replaceAll(/\$\{\{.*?\}\}/g, "x"));
  }
});

function isAfter(name: string, earlier: string): boolean {
  return needsOf(workflow.jobs[name]!).some((it) => it === earlier || isAfter(it, earlier));
}
