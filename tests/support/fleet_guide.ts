/**
 * The page about fleets, followed: what it shows is run, on loopback addresses in the place of its own.
 *
 * @module
 */

import { assert } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { FROM_SOURCE } from "./program.ts";
import { TempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";

const DOCS = fromFileUrl(new URL("../../docs/", import.meta.url));
/** The nodes of etcd, and the last parts of their addresses. */
const NODES = { a: 11, b: 12, c: 13 } as const;
type NodeName = keyof typeof NODES;
/** For how long nodes may take until a majority answers. */
const START_MS = 30_000;

/** A block that is to be run: it begins with its name. */
const TESTED = /^```sh\n# (.*)\n([^]*?)^```$/gm;

/** What the page shows, and where it is done. */
export class FleetGuide implements AsyncDisposable {
  readonly #blocks: ReadonlyMap<string, string>;
  readonly #settings: string;
  readonly #nodes = new Map<NodeName, Deno.ChildProcess>();
  /** In the place of `192.0.2`: other runs of this test have other ones. */
  readonly #network = `127.${[0, 0].map(() => 1 + Math.floor(Math.random() * 250)).join(".")}`;
  readonly #run = new Set<string>();

  private constructor(readonly folder: TempFolder, page: string, settings: string) {
    this.#blocks = new Map([...page.matchAll(TESTED)].map(([, name, text]) => [name!, text!]));
    this.#settings = settings;
  }

  /** Reads the page, and makes a folder in which `bittrickle-server` is a command. */
  static async open(): Promise<FleetGuide> {
    const [page, settings] = await Promise.all(["howto/fleet.md", "deploy/etcd.default"].map(
      (name) => Deno.readTextFile(DOCS + name),
    ));
    const guide = new FleetGuide(await TempFolder.make(), page!, settings!);
    await guide.folder.makeFolder("bin");
    const words = FROM_SOURCE.server.map((word) => `'${word}'`).join(" ");
    await guide.folder.write("bin/bittrickle-server", `#!/bin/sh\nexec ${words} "$@"\n`);
    await Deno.chmod(guide.folder.pathOf("bin/bittrickle-server"), 0o755);
    return guide;
  }

  /** Blocks with a name that were not run. */
  get left(): string[] {
    return [...this.#blocks.keys()].filter((name) => !this.#run.has(name));
  }

  /** The address that stands for `192.0.2.<last>`. */
  addressOf(last: number): string {
    return `${this.#network}.${last}`;
  }

  /** Runs blocks in one shell, whose words `changes` may make others. Returns what they say. */
  async run(names: readonly string[], changes: (text: string) => string = (it) => it) {
    const script = names.map((name) => {
      const text = this.#blocks.get(name);
      assert(text !== undefined, `no block "${name}"`);
      this.#run.add(name);
      return changes(this.#localize(text));
    }).join("\n");
    const env = { PATH: `${this.folder.pathOf("bin")}:${Deno.env.get("PATH")}` };
    const options = { cwd: this.folder.path, env, stdin: "null" } as const;
    const { success, stdout, stderr } = await new Deno.Command("bash", {
      ...options,
      args: ["-e", "-c", script],
    }).output();
    const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert(success, `${names}: ${out}${errors}`);
    return `${out}${errors}`;
  }

  /** Starts all nodes with their data below `data`, and waits until they serve. */
  async startNodes(data: (name: NodeName) => string): Promise<void> {
    for (const name of Object.keys(NODES) as NodeName[]) {
      const env = this.#environmentOf(name, data(name));
      const options = { env, stdout: "null", stderr: "null" } as const;
      this.#nodes.set(name, new Deno.Command("etcd", options).spawn());
    }
    await waitFor("etcd to serve", async () => {
      return await this.run(["tell etcdctl"]).then(() => true, () => false);
    }, START_MS);
  }

  /** Ends all nodes. */
  async stopNodes(): Promise<void> {
    for (const node of this.#nodes.values()) node.kill("SIGKILL");
    for (const node of this.#nodes.values()) await node.status;
    this.#nodes.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopNodes();
    await this.folder[Symbol.asyncDispose]();
  }

  /** `docs/deploy/etcd.default` for a node, as systemd would read it. */
  #environmentOf(name: NodeName, data: string): Record<string, string> {
    const pki = this.folder.pathOf("pki");
    const text = this.#localize(this.#settings)
      .replaceAll("@NAME@", name).replaceAll("@ADDRESS@", this.addressOf(NODES[name]))
      .replaceAll("/etc/etcd/node", `${pki}/${name}`).replaceAll("/etc/etcd/", `${pki}/`)
      .replaceAll("/var/lib/etcd/bittrickle", data);
    return Object.fromEntries(
      text.matchAll(/^(\w+)="(.*)"$/gm).map(([, key, value]) => [key!, value!]),
    );
  }

  /** Between addresses of loopback each connection comes from 127.0.0.1. */
  #localize(text: string): string {
    return text.replaceAll(/(IP:192\.0\.2\.\d+)/g, "$1,IP:127.0.0.1")
      .replaceAll("192.0.2", this.#network);
  }
}
