/**
 * The page about fleets, followed: what it shows is run, on loopback addresses in the place of its own.
 *
 * @module
 */

import { assert, assertStringIncludes } from "@std/assert";
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
  readonly #page: string;
  readonly #blocks: ReadonlyMap<string, string>;
  readonly #settings: string;
  readonly #nodes = new Map<NodeName, Deno.ChildProcess>();
  /** In the place of `192.0.2`: other runs of this test have other ones. */
  readonly #network = `127.${[0, 0].map(() => 1 + Math.floor(Math.random() * 250)).join(".")}`;
  readonly #run = new Set<string>();

  private constructor(readonly folder: TempFolder, page: string, settings: string) {
    this.#page = page;
    this.#blocks = new Map([...page.matchAll(TESTED)].map(([, name, text]) => [name!, text!]));
    this.#settings = settings;
  }

  /**
   * Reads the page, and makes a folder in which `bittrickle-server` is a command, `index` runs one
   * as the same user, and `systemctl` does nothing: a test starts and stops what it needs.
   */
  static async open(): Promise<FleetGuide> {
    const [page, settings] = await Promise.all(["howto/fleet.md", "deploy/etcd.default"].map(
      (name) => Deno.readTextFile(DOCS + name),
    ));
    const guide = new FleetGuide(await TempFolder.make(), page!, settings!);
    await guide.folder.makeFolder("bin");
    await guide.folder.makeFolder("state");
    const words = FROM_SOURCE.server.map((word) => `'${word}'`).join(" ");
    await guide.#makeCommand("bittrickle-server", `exec ${words} "$@"`);
    await guide.#makeCommand("index", `exec "$@"`);
    await guide.#makeCommand("systemctl", ":");
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

  /** What stands for `/var/lib/bittrickle`. */
  get state(): string {
    return this.folder.pathOf("state");
  }

  /** What a service listens on and all other flags of it, as the page has had them written. */
  async serviceFlags(): Promise<string[]> {
    const text = await Deno.readTextFile(this.#serviceFile);
    return text.trimEnd().replace("BITTRICKLE_ARGS=", "").split(" ");
  }

  /** Adds flags that the page shows to those of the service. */
  async addServiceFlags(flags: string): Promise<void> {
    assertStringIncludes(this.#page, `\`${flags}\``);
    await Deno.writeTextFile(
      this.#serviceFile,
      `BITTRICKLE_ARGS=${(await this.serviceFlags()).join(" ")} ${flags}\n`,
    );
  }

  /** What the page says that the block before it prints, a line each. */
  get shown(): string[] {
    const [, text = ""] = /^```text\n([^]*?)^```$/m.exec(this.#page) ?? [];
    return this.#localize(text).trimEnd().split("\n");
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

  get #serviceFile(): string {
    return this.folder.pathOf("bittrickle-server.default");
  }

  async #makeCommand(name: string, line: string): Promise<void> {
    await this.folder.write(`bin/${name}`, `#!/bin/sh\n${line}\n`);
    await Deno.chmod(this.folder.pathOf(`bin/${name}`), 0o755);
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
      .replaceAll("192.0.2", this.#network)
      .replaceAll("/etc/default/bittrickle-server", this.#serviceFile)
      .replaceAll("/var/lib/bittrickle", this.state)
      .replaceAll("/var/log/bittrickle", this.folder.path)
      .replaceAll(" -o bittrickle", "");
  }
}
