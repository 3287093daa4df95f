/**
 * Multicast DNS (RFC 6762) on every network of this machine.
 *
 * @module
 */

import makeMulticastDns, { type MulticastDns, type Packet } from "multicast-dns";
import { networkInterfaces } from "node:os";

/** How often networks are looked for that have come or gone, in milliseconds. */
const LOOK_MS = 5_000;

/** Networks that are served at once. */
const MOST_NETWORKS = 16;

/** How long to wait for the last packet, in milliseconds. */
const LEAVING_MS = 300;

/** Multicast on one network. */
export interface MulticastNetwork {
  /** The address of this machine there. */
  readonly address: string;
  /** Sends records that answer, or were not asked for. */
  readonly respond: (packet: Pick<Packet, "answers">) => void;
  readonly query: (packet: Pick<Packet, "questions">) => void;
}

/** Hears what comes. */
export interface MulticastListener {
  /** A network is there; after that its packets come. */
  readonly onNetwork: (network: MulticastNetwork) => void;
  readonly onPacket: (packet: Packet, from: string, network: MulticastNetwork) => void;
  readonly onFault: (error: unknown) => void;
}

/** Speaks and listens on all networks, also on those that come later. */
export class Multicast implements AsyncDisposable {
  readonly #listener: MulticastListener;
  readonly #sockets = new Map<string, MulticastDns>();
  readonly #looking: ReturnType<typeof setInterval>;

  constructor(listener: MulticastListener) {
    this.#listener = listener;
    this.#look();
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Closes all sockets, once what was sent before is on its way. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
    await Promise.all([...this.#sockets.values()].map(closed));
    this.#sockets.clear();
  }

  #look(): void {
    const present = addressesHere();
    for (const [address, socket] of this.#sockets) {
      if (present.includes(address)) continue;
      this.#sockets.delete(address);
      closed(socket);
    }
    for (const address of present) if (!this.#sockets.has(address)) this.#open(address);
  }

  #open(address: string): void {
    // Bound to its own address a socket would hear no multicast.
    const socket = makeMulticastDns({ interface: address, bind: "0.0.0.0", reuseAddr: true });
    this.#sockets.set(address, socket);
    const { onNetwork, onPacket, onFault } = this.#listener;
    const network: MulticastNetwork = {
      address,
      respond: (packet) => socket.respond(packet, (error) => error && onFault(error)),
      query: (packet) => socket.query(packet, (error) => error && onFault(error)),
    };
    socket.on("packet", (packet, { address: from }) => onPacket(packet, from, network));
    socket.on("error", onFault);
    socket.on("ready", () => onNetwork(network));
  }
}

/** The addresses of this machine on networks that have others. */
function addressesHere(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((it) => it ?? []);
  const others = all.filter(({ internal, family }) => !internal && family === "IPv4");
  return others.slice(0, MOST_NETWORKS).map(({ address }) => address);
}

async function closed(socket: MulticastDns): Promise<void> {
  const done = Promise.withResolvers<void>();
  // What is sent last leaves before the socket is closed, or the network is gone.
  const timer = setTimeout(() => socket.destroy(() => done.resolve()), 0);
  const late = setTimeout(() => done.resolve(), LEAVING_MS);
  await done.promise;
  clearTimeout(timer);
  clearTimeout(late);
}
