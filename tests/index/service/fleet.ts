/**
 * Several index processes with the same long-term keys, their clients, and somebody who sees every
 * datagram and sends any of them anywhere. What happens next is chance.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { MaybePromise } from "../../../lib/async/maybe_promise.ts";
import { AT_ONCE, type Defer } from "../../../lib/index/long_work.ts";
import { type Address, isSameAddress } from "../../../lib/protocol/address.ts";
import { decodeSealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import type { SealedRequest } from "../../../lib/protocol/sealed_request.ts";
import { HeldJournal } from "../../support/journals.ts";
import { decoded, ServiceClient, TestService } from "../../support/test_service.ts";

/** One index. Its journal and its queue of logins keep some waiting. */
export class Process extends TestService {
  constructor(readonly journal: HeldJournal, defer: Defer) {
    super(undefined, undefined, journal, defer);
  }
}

/** Somebody who is logged in somewhere, or wants to be. */
export interface Client {
  process: Process;
  member: ServiceClient;
  /** Where the client is, which the index need not know yet. */
  from: Address;
  /** Whether the index may still know the session. */
  isIn: boolean;
  /** A token for a move that was told and not used yet. */
  token: string | undefined;
  /** What was asked, by number: index and client have to agree on what the answer is to. */
  readonly asked: Map<number, SealedRequest>;
  /** The latest datagram. */
  latest: Uint8Array | undefined;
}

interface Recorded {
  readonly datagram: Uint8Array;
  readonly to: Process;
  readonly from: Address;
}

const PROCESSES = 3;
const CLIENTS = 8;
/** Datagrams that the eavesdropper keeps: some thousand steps' worth. */
const RECORDED = 1_000;
const USERS = ["hans", "vader", "yoda", "chewy"];

const PLACES: readonly Address[] = [
  { hostname: "127.0.0.1", port: 40_001 },
  { hostname: "127.0.0.1", port: 40_002 },
  { hostname: "192.168.1.7", port: 40_003 },
  { hostname: "::ffff:192.168.1.7", port: 40_003 },
  { hostname: "192.168.1.8", port: 40_003 },
  { hostname: "2001:db8::1", port: 40_004 },
  { hostname: "2001:db8::2", port: 40_004 },
];

/** What is set up, what was seen, and how anything is sent. */
export class Fleet {
  now = 0;
  readonly processes: Process[] = [];
  readonly clients: Client[] = [];
  readonly #seen: Map<string, number>;
  readonly #random: () => number;
  readonly #recorded: Recorded[] = [];
  /** Messages that may move a session. */
  readonly #moves = new Set<Uint8Array>();
  readonly #waiting: Promise<void>[] = [];
  readonly #deferred: (() => void)[] = [];

  /**
   * @param random Decides everything
   * @param seen Counts what has happened, by name
   */
  constructor(random: () => number, seen: Map<string, number>) {
    this.#random = random;
    this.#seen = seen;
    for (let i = 0; i < PROCESSES; i++) this.processes.push(this.newProcess());
    for (let i = 0; i < CLIENTS; i++) this.clients.push(this.#newClient());
  }

  /** Whether something happens that happens with this probability. */
  happens(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A whole number below `end`. */
  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  /** One of `all`. */
  oneOf<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }

  somewhere(): Address {
    return this.oneOf(PLACES);
  }

  count(what: string): void {
    this.#seen.set(what, (this.#seen.get(what) ?? 0) + 1);
  }

  /** An index with the keys of all others, that knows nobody yet. */
  newProcess(): Process {
    return new Process(
      new HeldJournal(),
      (owner, work) => this.#defer(() => AT_ONCE(owner, work) as never),
    );
  }

  /** Something that was on the wire, a login more often than it would be. */
  recorded(): Recorded | undefined {
    return this.#recorded.length > 0 ? this.oneOf(this.#recorded) : undefined;
  }

  /** Begins a login at any process, and returns it ready to be sent, if the index is willing. */
  begin(client: Client): Uint8Array | undefined {
    Object.assign(client, this.#newClient());
    const { member } = client;
    const retry = decoded(this.sendAtOnce(client, member.hello()));
    if (retry?.kind !== "retry") return undefined;
    const challenge = decoded(this.sendAtOnce(client, member.hello(retry.token)));
    return challenge?.kind === "challenge" ? member.proof(challenge) : undefined;
  }

  /** A message of `client`, under the next number. */
  message(client: Client, request: SealedRequest): Uint8Array {
    const { member, asked } = client;
    asked.set(member.number, request);
    const message = member.message(request);
    if (request.verb === "move") this.#moves.add(message);
    return message;
  }

  /** Sends a datagram of `client` from where it is, or from elsewhere by somebody who hands answers on. */
  say(client: Client, datagram: Uint8Array, from = client.from): void {
    client.latest = datagram;
    const { member, process: to } = client;
    this.send({ datagram, to, from }, (answer) => {
      if (client.member === member) this.#deliver(client, answer); // Else it has logged in again.
    });
  }

  /** Sends, checks what comes back, and hands it on now or later. */
  send(sent: Recorded, take: (answer: Uint8Array) => void = () => {}): void {
    const { datagram, to, from } = sent;
    this.#record(sent);
    const session = sessionOf(sent);
    const before = session?.address;
    const answer = to.answer(datagram, from, this.now);
    const after = session?.address;
    assert(before === after || this.#moves.has(datagram), "only a move moves");
    const isProven = !!after && isSameAddress(after, from);
    const taken = (answer: Uint8Array | undefined) => {
      this.#check(sent, isProven, answer);
      if (answer) take(answer);
    };
    if (answer instanceof Promise) this.#waiting.push(answer.then(taken));
    else taken(answer);
  }

  /** Sends, and returns an answer that is there at once. */
  sendAtOnce({ process, from }: Client, datagram: Uint8Array): Uint8Array | undefined {
    let answer: Uint8Array | undefined;
    this.send({ datagram, to: process, from }, (it) => answer = it);
    return answer;
  }

  /** Everything that waits comes to its end. Some changes are told to the journal after others only. */
  async settle(): Promise<void> {
    for (const work of this.#deferred.splice(0)) work();
    let isSettled = false;
    const all = Promise.all(this.#waiting.splice(0)).finally(() => isSettled = true);
    for (let round = 0; !isSettled; round++) {
      assert(round < 10_000, "an answer never comes");
      for (const { journal } of this.processes) journal.keep();
      await Promise.resolve();
    }
    await all;
  }

  #defer<T>(work: () => T): MaybePromise<T> | undefined {
    if (this.happens(0.02)) return undefined;
    if (this.happens(0.7)) return work();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#deferred.push(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  }

  #newClient(): Client {
    const [process, from] = [this.oneOf(this.processes), this.somewhere()];
    const member = new ServiceClient(process, this.oneOf(USERS), from);
    const state = { isIn: false, token: undefined, latest: undefined };
    return { process, member, from, asked: new Map(), ...state };
  }

  #record(datagram: Recorded): void {
    if (this.#recorded.length < RECORDED) this.#recorded.push(datagram);
    else this.#recorded[this.below(RECORDED)] = datagram;
  }

  /** Nobody is sent more than came from there, unless the address is proven. */
  #check(sent: Recorded, isProven: boolean, answer: Uint8Array | undefined): void {
    const cause = kindOf(sent.datagram);
    const kind = answer ? decoded(answer)!.kind : "silence";
    this.count(`${cause} -> ${kind}`);
    if (!answer) return;
    this.#record({ ...sent, datagram: answer });
    assert(["hello", "login", "message"].includes(cause), `${kind} to ${cause}`);
    const isFair = answer.length <= sent.datagram.length || isProven || cause === "login";
    assert(isFair, `${kind} is longer than ${cause}, and the address is not proven`);
  }

  #deliver(client: Client, answer: Uint8Array): void {
    const content = decoded(answer)!;
    if (content.kind === "reset") client.isIn = false;
    if (content.kind === "welcome") {
      client.isIn = client.member.takeWelcome(answer)?.kind === "welcome";
    }
    if (content.kind !== "message") return;
    const request = client.asked.get(content.number)!;
    const wanted = request.verb === "get" ? request.name : undefined;
    const reply = client.member.read(request.verb, answer, wanted);
    this.count(`${request.verb}: ${reply?.kind}`);
    if (reply?.kind === "moved") client.token = reply.token;
  }
}

/** The session that a message names, at the process that it is sent to. */
function sessionOf({ datagram, to }: Recorded) {
  const message = safelyDecoded(datagram);
  return message?.kind === "message" ? to.index.sealedSession(message.session) : undefined;
}

function kindOf(datagram: Uint8Array): string {
  return safelyDecoded(datagram)?.kind ?? "damaged";
}

function safelyDecoded(datagram: Uint8Array) {
  try {
    return decodeSealedDatagram(datagram);
  } catch {
    return undefined;
  }
}

/** `datagram` with any one bit the other way round, but for those that name the protocol. */
export function flipped(fleet: Fleet, datagram: Uint8Array): Uint8Array {
  const at = 4 + fleet.below(datagram.length - 4);
  return datagram.with(at, datagram[at]! ^ (1 << fleet.below(8)));
}

/** The beginning of `datagram`, long enough to name the protocol. */
export function cut(fleet: Fleet, datagram: Uint8Array): Uint8Array {
  return datagram.subarray(0, 5 + fleet.below(datagram.length - 4));
}

/** For tests of what must be said at least once. */
export function assertSeen(seen: ReadonlyMap<string, number>, wanted: readonly string[]): void {
  assertEquals(wanted.filter((what) => !seen.has(what)), [], "these never happened");
}
