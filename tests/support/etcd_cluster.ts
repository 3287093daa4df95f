/**
 * Several nodes of etcd that keep the same.
 *
 * @module
 */

import { type EtcdMember, EtcdNode, type EtcdNodeOptions, peerUrl } from "./etcd.ts";
import { freePorts } from "./free_ports.ts";

/** A cluster. */
export class EtcdCluster implements AsyncDisposable {
  private constructor(readonly nodes: readonly EtcdNode[]) {}

  /** Starts `count` nodes with nothing in them. */
  static async start(count: number, options: EtcdNodeOptions = {}): Promise<EtcdCluster> {
    const members = membersOf(count).map((member) => EtcdNode.start({ ...options, member }));
    return new EtcdCluster(await Promise.all(members));
  }

  /** Where all of them serve. */
  get endpoints(): string[] {
    return this.nodes.map(({ endpoint }) => endpoint);
  }

  /** The node that leads the others. */
  async leader(): Promise<EtcdNode> {
    for (const node of this.nodes) {
      const { header, leader } = await node.call("/v3/maintenance/status", {}).catch(
        () => ({}),
      ) as {
        readonly header?: { readonly member_id: string };
        readonly leader?: string;
      };
      if (header !== undefined && header.member_id === leader) return node;
    }
    throw new Error("no node leads");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }
}

function membersOf(count: number): EtcdMember[] {
  const ports = freePorts(count * 2);
  const nodes = Array.from({ length: count }, (_, i) => ({
    name: `node${i}`,
    ports: [ports[i * 2]!, ports[i * 2 + 1]!] as const,
  }));
  const cluster = nodes.map(({ name, ports }) => `${name}=${peerUrl(ports[1])}`).join();
  return nodes.map((node) => ({ ...node, cluster }));
}
