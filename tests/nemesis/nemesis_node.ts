/**
 * One of several nodes of etcd, on a host of its own, with a disk that can be full.
 *
 * @module
 */

import { systemCommand } from "../support/system_command.ts";
import type { NetworkHost } from "../support/namespaces.ts";
import { TinyDisk } from "../support/tiny_disk.ts";
import type { FaultKind } from "./nemesis_plan.ts";
import { Victim } from "./nemesis_victim.ts";

const CLIENT_PORT = 2_379;
const PEER_PORT = 2_380;
/** Room for the logs that etcd writes ahead, of 64 MB each, and little more. */
const DISK = "size=200m";

/** Where a node serves. */
export function endpointOf({ address }: NetworkHost): string {
  return `http://${address}:${CLIENT_PORT}`;
}

/** One node. */
export class NemesisNode extends Victim {
  readonly #hosts: readonly NetworkHost[];
  readonly #number: number;
  readonly #path: string;
  #disk: TinyDisk | undefined;

  /** @param hosts Those of all nodes; it runs on the one at `number`. */
  constructor(hosts: readonly NetworkHost[], number: number, path: string) {
    super(`etcd ${number}`, hosts[number]!);
    this.#hosts = hosts;
    this.#number = number;
    this.#path = path;
  }

  /** Gives it a small disk. */
  async mount(): Promise<void> {
    this.#disk = await TinyDisk.mount(this.#path, DISK);
  }

  override async begin(kind: FaultKind): Promise<void> {
    if (kind !== "disk") return await super.begin(kind);
    const fill = `head -c 1G /dev/zero > ${this.#path}/filler || true`;
    await systemCommand("sh", "-c", `${fill} 2>/dev/null`);
  }

  override async end(kind: FaultKind): Promise<void> {
    if (kind !== "disk") return await super.end(kind);
    await Deno.remove(`${this.#path}/filler`);
    await this.kill(); // It has given up, or is about to.
    this.start();
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#disk?.[Symbol.asyncDispose]();
  }

  protected override command(): readonly string[] {
    const urlOf = ({ address }: NetworkHost, port: number) => `http://${address}:${port}`;
    const cluster = this.#hosts.map((host, i) => `node${i}=${urlOf(host, PEER_PORT)}`);
    const [client, peer] = [urlOf(this.host, CLIENT_PORT), urlOf(this.host, PEER_PORT)];
    return [
      ...["etcd", "--name", `node${this.#number}`, "--data-dir", `${this.#path}/data`],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
      ...["--initial-cluster", cluster.join(","), "--log-level", "error"],
      ...["--snapshot-count", "1000"],
    ];
  }
}
