/**
 * etcd for tests: real nodes on free ports of this machine.
 *
 * @module
 */

import type { EtcdTls } from "./etcd_tls.ts";
import { freePorts } from "./free_ports.ts";
import { hostAndPort } from "./host.ts";
import { canRun } from "./permission.ts";
import { TempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";

/** Whether etcd is installed: without it such tests are ignored. */
export const HAS_ETCD: boolean = await canRun("etcd", "--version");

/** For how long a node may take to begin. */
const START_MS = 20_000;

/** How a node is set up. */
export interface EtcdNodeOptions {
  /** More flags. */
  readonly flags?: readonly string[] | undefined;
  /** By what its clients and it know each other. @default nothing: in clear */
  readonly tls?: EtcdTls | undefined;
  /** Which of several it is. @default a cluster by itself */
  readonly member?: EtcdMember | undefined;
}

/** A node among others. */
export interface EtcdMember {
  readonly name: string;
  readonly ports: readonly [client: number, peer: number];
  /** All names and addresses, as `--initial-cluster` has them. */
  readonly cluster: string;
}

/** A node. */
export class EtcdNode implements AsyncDisposable {
  readonly #folder: TempFolder;
  readonly #member: EtcdMember;
  readonly #flags: readonly string[];
  readonly #client: Deno.HttpClient | undefined;
  readonly #scheme: string;
  #process: Deno.ChildProcess | undefined;

  private constructor(folder: TempFolder, { flags = [], tls, member }: EtcdNodeOptions) {
    this.#folder = folder;
    this.#member = member ?? alone();
    this.#flags = [...flags, ...tls ? tls.flags : []];
    this.#scheme = tls ? "https" : "http";
    this.#client = tls && Deno.createHttpClient({
      ...{ caCerts: [tls.client.ca], cert: tls.client.certificate, key: tls.client.key },
    });
  }

  /** Starts a node with nothing in it. */
  static async start(options: EtcdNodeOptions = {}): Promise<EtcdNode> {
    const node = new EtcdNode(await TempFolder.make(), options);
    await node.start();
    return node;
  }

  /** Where it serves. */
  get endpoint(): string {
    return urlOf(this.#member.ports[0], this.#scheme);
  }

  /** The process, as long as it runs. */
  get pid(): number {
    return this.#process!.pid;
  }

  /** Starts it again, with what it has. */
  async start(): Promise<void> {
    const { name, ports, cluster } = this.#member;
    const [client, peer] = [this.endpoint, peerUrl(ports[1])];
    const args = [
      ...["--name", name, "--data-dir", this.#folder.pathOf("data"), "--log-level", "error"],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
      ...["--initial-cluster", cluster, ...this.#flags],
    ];
    this.#process = new Deno.Command("etcd", { args, stdout: "null", stderr: "null" }).spawn();
    await waitFor("etcd to serve", () => this.#isServing(), START_MS);
  }

  /** Ends it as a failure of its machine does. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Copies all that it has. Returns what puts that back, as who restores a backup does. */
  async backUp(): Promise<() => Promise<void>> {
    const [data, copy] = [this.#folder.pathOf("data"), this.#folder.pathOf("copy")];
    const replace = async (from: string, to: string) => {
      await this.kill();
      await new Deno.Command("rm", { args: ["-rf", to] }).output();
      await new Deno.Command("cp", { args: ["-r", from, to] }).output();
      await this.start();
    };
    await replace(data, copy);
    return () => replace(copy, data);
  }

  /** Stops it where it is. */
  pause(): void {
    this.#process!.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    this.#process!.kill("SIGCONT");
  }

  /** What it answers to `body` at `path`. */
  async call(path: string, body: unknown): Promise<Record<string, unknown>> {
    const init = {
      ...{ method: "POST", body: JSON.stringify(body) },
      ...this.#client ? { client: this.#client } : {},
    };
    return await (await fetch(new URL(path, this.endpoint), init)).json();
  }

  /** Has it forget everything before what is there now. */
  async compact(): Promise<void> {
    const { header } = await this.call("/v3/kv/range", { key: btoa("x") });
    const { revision } = header as { revision: string };
    await this.call("/v3/kv/compaction", { revision, physical: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGKILL");
    this.#client?.close();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #isServing(): Promise<boolean> {
    try {
      const { header } = await this.call("/v3/kv/range", { key: btoa("x") });
      return header !== undefined;
    } catch {
      return false;
    }
  }

  async #end(signal: Deno.Signal): Promise<void> {
    const ending = this.#process;
    this.#process = undefined;
    ending?.kill(signal);
    await ending?.status;
  }
}

/** Where other nodes reach the one at `port`. */
export function peerUrl(port: number): string {
  return urlOf(port, "http");
}

function alone(): EtcdMember {
  const [client, peer] = freePorts(2);
  return { name: "node", ports: [client!, peer!], cluster: `node=${peerUrl(peer!)}` };
}

function urlOf(port: number, scheme: string): string {
  return `${scheme}://${hostAndPort(port)}`;
}
