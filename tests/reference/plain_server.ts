/**
 * An index of protocol 1, written to the table of the specification alone: nothing here comes from
 * `lib`. Like the original it trusts everybody, and like the original it is short.
 *
 * @module
 */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { TEST_HOST } from "../support/host.ts";

interface Member {
  readonly ip: string;
  readonly tcpPort: string;
  heard: number;
}

/** Serves the users in `passwords` until it is closed. */
export class ReferenceServer {
  /** Every message that came, for tests to read. */
  readonly heard: string[] = [];
  readonly #udp: Socket = createSocket(isIPv6(TEST_HOST) ? "udp6" : "udp4");
  readonly #members = new Map<string, Member>();
  readonly #published: [user: string, name: string][] = [];

  constructor(private readonly passwords: ReadonlyMap<string, string>) {
    this.#udp.on("message", (message, from) => this.#take(message.toString(), from));
  }

  /** Starts and returns the UDP port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#udp.bind(0, TEST_HOST, resolve));
    return this.#udp.address().port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#udp.close(() => resolve()));
  }

  #take(message: string, from: RemoteInfo): void {
    this.heard.push(message);
    const [verb, user = "", first = "", second = ""] = message.split(" ");
    const answer = verb === "login"
      ? this.#logIn(user, first, second, from.address)
      : this.#answer(verb!, user, first);
    if (answer) this.#udp.send(answer, from.port, from.address);
  }

  #logIn(user: string, password: string, tcpPort: string, ip: string): string {
    if (this.passwords.get(user) !== password) return "Authentication failed. Please try again.";
    if (this.#isActive(user)) return "Authentication failed: user is already active";
    this.#members.set(user, { ip, tcpPort, heard: Date.now() });
    return "Welcome to BitTrickle!";
  }

  #answer(verb: string, user: string, argument: string): string | undefined {
    const member = this.#members.get(user);
    if (member) member.heard = Date.now();
    const names = (of: string) => this.#published.filter(([who]) => who === of).map(([, n]) => n);
    switch (verb) {
      case "lap": {
        const others = [...this.#members.keys()].filter((it) => it !== user && this.#isActive(it));
        return listing(others, "No active peers", "active peer", "");
      }
      case "lpf":
        return listing(names(user), "No files published", "file", " published");
      case "pub":
        if (!names(user).includes(argument)) this.#published.push([user, argument]);
        return "File published successfully";
      case "unp": {
        const at = this.#published.findIndex(([who, n]) => who === user && n === argument);
        if (at < 0) return "File unpublication failed";
        this.#published.splice(at, 1);
        return "File unpublished successfully";
      }
      case "sch": {
        const others = this.#published.filter(([who]) => who !== user && this.#isActive(who));
        const found = new Set(others.map(([, n]) => n).filter((n) => n.includes(argument)));
        return listing([...found], "No files found", "file", " found");
      }
      case "get": {
        const owner = this.#published.find(([who, n]) => {
          return who !== user && n === argument && this.#isActive(who);
        });
        const source = owner && this.#members.get(owner[0]);
        return source ? `200 ${source.ip} ${source.tcpPort}` : "File not found";
      }
    }
  }

  #isActive(user: string): boolean {
    return Date.now() - (this.#members.get(user)?.heard ?? -Infinity) <= 3_000;
  }
}

function listing(items: string[], none: string, noun: string, rest: string): string {
  if (items.length === 0) return none;
  return [`${items.length} ${noun}${items.length === 1 ? "" : "s"}${rest}:`, ...items].join("\n");
}
