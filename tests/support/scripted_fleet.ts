/**
 * An index with several servers, all scripted, that share their keys.
 *
 * @module
 */

import type { Address } from "../../lib/protocol/address.ts";
import { ScriptedIndex, ServerIdentity } from "./scripted_index.ts";
import { TestSession, type TestSessionOptions } from "./test_session.ts";
import { PORTS } from "./users.ts";

/** Servers of one index. */
export class ScriptedFleet implements AsyncDisposable {
  readonly identity = new ServerIdentity();
  readonly servers: readonly ScriptedIndex[];

  constructor(count: number) {
    this.servers = Array.from({ length: count }, () => new ScriptedIndex(this.identity));
  }

  get addresses(): readonly Address[] {
    return this.servers.map(({ address: { hostname, port } }) => ({ hostname, port }));
  }

  /** From now on the server at that place answers nothing. */
  silence(at: number): void {
    this.servers[at]!.onAnything = () => [];
  }

  /** From now on the server at that place answers again. */
  wake(at: number): void {
    this.servers[at]!.onAnything = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
  }
}

/** hans, at the index with these servers, which he tries in this order. */
export function memberOf(
  [index, ...otherServers]: readonly Address[],
  options: TestSessionOptions = {},
): TestSession {
  return new TestSession(index!, "hans", {
    otherServers,
    random: inOrder(1 + otherServers.length),
    ...options,
  });
}

/** The same, logged in. */
export async function joinFleet(
  servers: readonly Address[],
  options?: TestSessionOptions,
): Promise<TestSession> {
  const member = memberOf(servers, options);
  await member.session.logIn("hans", "pw-hans", PORTS);
  return member;
}

/** Numbers at random, but for the first ones, which leave so many servers in their order. */
function inOrder(servers: number): () => number {
  let count = 0;
  return () => count < servers ? count++ / servers : Math.random();
}
