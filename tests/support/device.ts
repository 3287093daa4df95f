/**
 * A device of a user: one folder, one state file, and any number of clients that share both.
 *
 * @module
 */

import { join } from "@std/path";
import { Peer } from "../../lib/peer/peer.ts";
import { FileMemory } from "../../lib/peer/share/file_memory.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { TempFolder } from "./temp_folder.ts";
import { UdpProxy } from "./udp_proxy.ts";

const LOST = { seed: 1, loss: 1, duplication: 0, delayMs: 0 };

/** One client, whose link to the index can be cut. */
export class DeviceClient implements AsyncDisposable {
  private constructor(
    readonly peer: Peer,
    private readonly memory: FileMemory,
    private readonly link: UdpProxy,
  ) {}

  /** Logs `user` in. What was published before is served again as soon as the client is ready. */
  static async open(
    index: Address,
    user: string,
    { folder, state }: { readonly folder: string; readonly state: string },
  ): Promise<DeviceClient> {
    const memory = await FileMemory.open(state, (trouble) => {
      throw new Error(trouble);
    });
    const link = new UdpProxy(index);
    const peer = new Peer({ index: link.address, folder, memory });
    const client = new DeviceClient(peer, memory, link);
    try {
      await peer.logIn(user, `pw-${user}`);
      return client;
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Ends it as a crash does: nothing is served any more, and the index hears nothing of that. */
  async kill(): Promise<void> {
    this.link.conditions = LOST;
    await this[Symbol.asyncDispose]();
  }

  /** Leaves. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer.close(0);
    this.memory[Symbol.dispose]();
    await this.link[Symbol.asyncDispose]();
  }
}

/** A folder of a user, and the clients that are open there. */
export class Device implements AsyncDisposable {
  /** In the order in which they were opened. */
  readonly clients: DeviceClient[] = [];

  private constructor(
    private readonly index: Address,
    readonly user: string,
    /** The name of what the user serves from here. */
    readonly share: string,
    private readonly home: TempFolder,
  ) {}

  /** Makes a device of `user`, who uses the index at `index`, without clients. */
  static async make(index: Address, user: string): Promise<Device> {
    const home = await TempFolder.make();
    const folder = await Deno.realPath(await home.makeFolder("shared"));
    using memory = await FileMemory.open(home.pathOf("files.db"));
    return new Device(index, user, memory.shareOf(user, folder), home);
  }

  /** Opens one more client. */
  async open(): Promise<DeviceClient> {
    const places = { folder: this.home.pathOf("shared"), state: this.home.pathOf("files.db") };
    const client = await DeviceClient.open(this.index, this.user, places);
    this.clients.push(client);
    return client;
  }

  /** Ends `client`, in good order or not. */
  async end(client: DeviceClient, how: "leave" | "kill"): Promise<void> {
    this.clients.splice(this.clients.indexOf(client), 1);
    await (how === "kill" ? client.kill() : client[Symbol.asyncDispose]());
  }

  /** Writes a file of the shared folder: into the one that is there, or in place of it. */
  async write(name: string, content: Uint8Array, how: "into" | "in place of"): Promise<void> {
    const path = join("shared", name);
    if (how === "into") return void await this.home.write(path, content);
    await Deno.rename(await this.home.write(`new ${name}`, content), this.home.pathOf(path));
  }

  /** Takes a file out of the shared folder, and returns what was in it. */
  async take(name: string): Promise<Uint8Array> {
    const path = this.home.pathOf(join("shared", name));
    const content = await Deno.readFile(path);
    await Deno.remove(path);
    return content;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.clients.splice(0)) await client[Symbol.asyncDispose]();
    await this.home[Symbol.asyncDispose]();
  }
}
