/**
 * A server's UDP sockets: one for each address that it listens on, all at one port.
 *
 * @module
 */

import { isIPv6 } from "node:net";
import { BitTrickleError } from "../errors.ts";
import type { Address } from "../protocol/address.ts";
import { type Answer, DatagramSocket } from "./datagrams.ts";

/** Stands for both addresses of loopback; on a machine without IPv6 for the one there is. */
const LOCALHOST = "localhost";
const [ANY_V4, ANY_V6] = ["0.0.0.0", "::"];

/** How often a port of the system's choice may be taken at one of several addresses. */
const MOST_TRIES = 8;

/** Sockets that are one server's. Each answers for itself: a reply leaves where the request came in. */
export class DatagramGroup implements Disposable {
  readonly #sockets: readonly DatagramSocket[];

  private constructor(sockets: readonly DatagramSocket[]) {
    this.#sockets = sockets;
  }

  /**
   * Binds a socket for each of `hosts`, all to one port; with port 0 the system chooses it.
   *
   * @param hosts IP literals of this machine, or `localhost`; at least one
   * @throws {BitTrickleError} `network` if one of them is taken or not this machine's
   */
  static bind(hosts: readonly string[], port: number): DatagramGroup {
    for (let tries = 1;; tries++) {
      try {
        return new DatagramGroup(bindEach(hosts, port));
      } catch (error) {
        // What is free at the first address may be taken at the next.
        if (port !== 0 || hosts.length === 1 || tries === MOST_TRIES || !isTaken(error)) {
          throw error;
        }
      }
    }
  }

  /** Where the sockets are bound. */
  get addresses(): readonly [Address, ...Address[]] {
    const [first, ...others] = this.#sockets.map(({ address }) => address);
    return [first!, ...others];
  }

  /** Answers on all sockets until they are closed, see {@linkcode DatagramSocket.serve}. */
  async serve(answer: Answer): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.serve(answer)));
  }

  /** Sends one datagram out of every socket that can: whoever is meant listens to one of them. */
  async send(datagram: Uint8Array, to: Address): Promise<void> {
    // A socket for the other kind of addresses cannot.
    await Promise.all(this.#sockets.map((socket) => socket.send(datagram, to).catch(() => {})));
  }

  /** Closes all sockets; closing them again does nothing. */
  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function bindEach(hosts: readonly string[], port: number): DatagramSocket[] {
  using sockets = new DisposableStack();
  const bound: DatagramSocket[] = [];
  const bind = (hostname: string) => {
    const samePort = bound[0]?.address.port ?? port;
    bound.push(sockets.use(DatagramSocket.bind({ hostname, port: samePort })));
  };
  for (const host of hostsToBind(hosts)) {
    try {
      bind(host);
    } catch (error) {
      const isForBoth = host === ANY_V6 && bound.length > 0 && isTaken(error);
      if (isForBoth) return [bindInstead(bound, host)];
      const hasNoV6 = host === "::1" && !hosts.includes(host) && !isTaken(error);
      if (!hasNoV6) throw error;
    }
  }
  sockets.move();
  return bound;
}

/** On most systems a socket of all IPv6 addresses is one of all IPv4 addresses, and suffers no others. */
function bindInstead(others: readonly DatagramSocket[], hostname: string): DatagramSocket {
  const { port } = others[0]!.address;
  for (const other of others) other.close();
  return DatagramSocket.bind({ hostname, port });
}

/** Each address once, those of IPv4 first, and none that a socket of all addresses of its kind hears. */
function hostsToBind(hosts: readonly string[]): string[] {
  const each = new Set(hosts.flatMap((host) => host === LOCALHOST ? ["127.0.0.1", "::1"] : [host]));
  const [v4, v6] = [[...each].filter((ip) => !isIPv6(ip)), [...each].filter((ip) => isIPv6(ip))];
  return [
    ...v4.includes(ANY_V4) ? [ANY_V4] : v4,
    ...v6.includes(ANY_V6) ? [ANY_V6] : v6,
  ];
}

function isTaken(error: unknown): boolean {
  return error instanceof BitTrickleError && error.cause instanceof Deno.errors.AddrInUse;
}
