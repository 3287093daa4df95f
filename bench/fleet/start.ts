/**
 * A start of a server with what is in etcd, in a process of its own.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { Publications } from "../../lib/index/catalogue/publications.ts";
import { peakMemory, residentMemory } from "../proc.ts";

/** By which all servers of these benchmarks seal. */
export const CLUSTER_KEY: Uint8Array = new Uint8Array(32).fill(7);

/** What a start came to. */
export interface Start {
  readonly publications: number;
  readonly ms: number;
  /** MiB that the process holds afterwards. */
  readonly memory: number;
  /** MiB that it ever held. */
  readonly peak: number;
}

/** Starts one that reads all from `endpoint`. */
export async function startServer(endpoint: string): Promise<Start> {
  const path = fromFileUrl(import.meta.url);
  const args = ["run", "--quiet", "--no-check", "-A", path, endpoint];
  const { stdout, success } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" })
    .output();
  if (!success) throw new Error("the server did not start");
  return JSON.parse(new TextDecoder().decode(stdout));
}

if (import.meta.main) {
  const begun = performance.now();
  const fleet = await Fleet.join({ endpoints: Deno.args, clusterKey: CLUSTER_KEY });
  const journal = await EtcdJournal.open(fleet);
  const { catalogue } = new Publications(journal);
  const ms = performance.now() - begun;
  const [memory, peak] = [residentMemory(Deno.pid), peakMemory(Deno.pid)!];
  const start: Start = { publications: catalogue.size, ms, memory, peak };
  // deno-lint-ignore no-console -- the answer
  console.log(JSON.stringify(start));
  await journal[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
}
