/**
 * An index in the test's own process, on a free loopback port.
 *
 * @module
 */

import { ready, server } from "@serenity-kit/opaque";
import { Certificates } from "../../lib/index/certificates.ts";
import { deriveServerKeys } from "../../lib/index/login/server_keys.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import type { Journal } from "../../lib/index/catalogue/journal.ts";
import { Index } from "../../lib/index/index.ts";
import { type Defer, LongWork } from "../../lib/index/long_work.ts";
import { LoginRecords } from "../../lib/index/login/login_records.ts";
import { PlainService } from "../../lib/index/service/plain_service.ts";
import { Registrations, type SecretStore } from "../../lib/index/registrations.ts";
import { Service } from "../../lib/index/service/service.ts";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { keepTicking, StallDetector } from "../../lib/net/stall_detector.ts";
import { EventLoopYield } from "../../lib/net/event_loop_yield.ts";
import { type Address, formatAddress } from "../../lib/protocol/address.ts";
import { CREDENTIALS } from "./users.ts";
import { TEST_HOST } from "./host.ts";

await ready;

/** How long a port may be in use that was closed, and how often that is looked at, in milliseconds. */
const REBIND_MS = 2_000;
const REBIND_PAUSE_MS = 5;

/** How a {@linkcode TestIndex} is set up. */
export interface TestIndexOptions {
  /** An address of this machine. @default {TEST_HOST} */
  readonly hostname?: string;
  readonly port?: number;
  /** The text of the credentials file. */
  readonly credentials?: string;
  /** The server's long-term key. */
  readonly setup?: string;
  /** Whether the index knows only protocol 1. */
  readonly plainOnly?: boolean;
  /** The port for transfers that others are told of a user, as behind a router. @default the user's own */
  readonly portToTell?: (user: string, tcpPort: number) => number;
  /** Keeps the passwords that users set. @default none may */
  readonly store?: SecretStore;
  /** Keeps what is published. @default nothing does */
  readonly journal?: Journal | undefined;
}

/** An index that tells others of other ports than the users did. */
class RoutedIndex extends Index {
  constructor(
    accounts: Accounts,
    defer: Defer,
    readonly portToTell: (user: string, tcpPort: number) => number,
    registrations: Registrations | undefined,
    journal: Journal | undefined,
    certificates: Certificates,
  ) {
    super(accounts, { defer, journal, certificates, ...registrations ? { registrations } : {} });
    const { admission } = this;
    const admit = admission.admit.bind(admission);
    admission.admit = (user, from, tcpPort, now, start) => {
      const tell = (port: number) => this.portToTell(user, port);
      const told = start && { ...start, tlsPort: tell(start.tlsPort) };
      return admit(user, from, start ? tcpPort : tell(tcpPort), now, told);
    };
  }
}

/** A running index. `clock` is the time it goes by, which tests may move. */
export class TestIndex implements AsyncDisposable {
  readonly clock = { offset: 0 };
  readonly index: Index;
  readonly setup: string;
  readonly #eventLoop = new EventLoopYield(TEST_HOST);
  readonly #longWork = new LongWork(() => this.#eventLoop.wait());
  readonly #socket: DatagramSocket;
  readonly #service: { answer: Service["answer"] };
  readonly #receiving: Promise<void>;
  /** A test may be delayed by whatever else its machine does: that is nobody's silence, as in a server. */
  readonly #stalls = new StallDetector();
  readonly #ticking = keepTicking(this.#stalls);
  /** Decides which datagrams the index never sees. */
  lose: (datagram: string) => boolean = () => false;

  constructor(options: TestIndexOptions = {}) {
    const { hostname = TEST_HOST, port = 0 } = options;
    const { credentials = CREDENTIALS, setup = server.createSetup() } = options;
    this.setup = setup;
    this.#socket = port === 0 ? DatagramSocket.bind({ hostname, port }) : bindAgain(hostname, port);
    const { portToTell = (_, tcpPort) => tcpPort } = options;
    const defer = this.#longWork.queue();
    const { store, journal } = options;
    const registrations = store && new Registrations({ setup, store, defer });
    const accounts = Accounts.parse(credentials);
    this.index = new RoutedIndex(
      accounts,
      this.#longWork.queue(),
      portToTell,
      registrations,
      journal,
      new Certificates(deriveServerKeys(setup).authoritySeed),
    );
    this.#service = options.plainOnly ? new PlainService(this.index) : new Service(this.index, {
      setup,
      instance: formatAddress(this.address),
      records: new LoginRecords(setup),
      defer,
    });
    this.#receiving = this.#socket.serve((datagram, from) => {
      this.#noteStandstill();
      const isLost = this.lose(new TextDecoder().decode(datagram));
      return isLost ? undefined : this.#service.answer(datagram, from, this.now);
    });
  }

  /** Where the index is. */
  get address(): Address {
    return this.#socket.address;
  }

  /** The time that the index goes by. */
  get now(): number {
    return performance.now() + this.clock.offset;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ticking[Symbol.dispose]();
    this.#socket.close();
    await this.#receiving;
    this.#longWork[Symbol.dispose]();
    this.#eventLoop[Symbol.dispose]();
  }

  #noteStandstill(): void {
    const standstill = this.#stalls.standstill(performance.now());
    const { offset } = this.clock;
    if (standstill) this.index.stoodStill(standstill.since + offset, standstill.until + offset);
  }
}

/**
 * Binds a port that was closed just now. A program that another test file of this process is starting
 * has a copy of the closed socket until it runs, which takes a moment.
 */
function bindAgain(hostname: string, port: number): DatagramSocket {
  const deadline = performance.now() + REBIND_MS;
  for (;;) {
    try {
      return DatagramSocket.bind({ hostname, port });
    } catch (error) {
      if (performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REBIND_PAUSE_MS);
    }
  }
}
