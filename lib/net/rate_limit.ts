/**
 * A limit of bandwidth that connections share.
 *
 * @module
 */

import { TokenBucket } from "../async/token_bucket.ts";
import { interrupted } from "../errors.ts";

/** How much may move at once after a pause, in seconds: a fortieth of what 10 s allow. */
const BURST_S = 0.25;

/**
 * What a connection moves at a time, in seconds of the whole limit and in bytes: so little that all
 * who share a low limit move something every second, and enough that a high one costs little.
 */
const PORTION = { seconds: 1 / 16, most: 65_536 } as const;

/** Something that has moved and is not paid for yet. */
interface Debtor {
  readonly bytes: number;
  /** How many bytes each other sharer who is busy has paid for when it is its turn. */
  readonly turn: number;
  readonly go: () => void;
}

/**
 * A limit in one direction. What moved is paid for before the same connection moves more. All sharers
 * who are busy get the same share, however many connections each has (start-time fair queueing).
 */
export class RateLimit {
  #bytesPerSecond = Infinity;
  #bucket: TokenBucket | undefined;
  readonly #debtors = new Set<Debtor>();
  /** For each sharer, the turn of what is next to those debts that wait. */
  readonly #nextTurns = new Map<string, number>();
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param bytesPerSecond `Infinity` for no limit */
  constructor(bytesPerSecond = Infinity) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** The limit; `Infinity` if there is none. */
  get bytesPerSecond(): number {
    return this.#bytesPerSecond;
  }

  /** Changes the limit, for those who wait as well. */
  set bytesPerSecond(value: number) {
    this.#bytesPerSecond = value;
    const isOff = value === Infinity;
    const burst = value * BURST_S;
    this.#bucket = isOff ? undefined : new TokenBucket({ perSecond: value, burst }, now());
    // Whoever changes a limit again and again gets no burst each time.
    this.#bucket?.spend(burst, now());
    this.#proceed();
  }

  /** Whether there is a limit. */
  get isOn(): boolean {
    return this.#bucket !== undefined;
  }

  /** How many bytes a connection may move at a time. */
  get portion(): number {
    const { seconds, most } = PORTION;
    const isOff = this.#bytesPerSecond === Infinity;
    return isOff ? Infinity : Math.min(most, Math.ceil(this.#bytesPerSecond * seconds));
  }

  /**
   * Pays for `bytes` that have moved: resolves when more may.
   *
   * @param sharer Who has one share, whatever the number of connections
   * @throws {BitTrickleError} `interrupted` by `signal`
   */
  async pay(bytes: number, sharer: string, signal: AbortSignal): Promise<void> {
    if (!this.#bucket || bytes === 0) return;
    if (signal.aborted) throw interrupted();
    const paid = Promise.withResolvers<void>();
    const turn = Math.max(this.#turn, this.#nextTurns.get(sharer) ?? 0);
    this.#nextTurns.set(sharer, turn + bytes);
    const debtor = { bytes, turn, go: paid.resolve };
    const onAbort = () => this.#forget(debtor, paid.reject);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#debtors.add(debtor);
    if (this.#timer === undefined) this.#proceed();
    await paid.promise.finally(() => signal.removeEventListener("abort", onAbort));
  }

  /** What a closed connection has moved counts none the less. */
  #forget(debtor: Debtor, reject: (error: unknown) => void): void {
    if (this.#debtors.delete(debtor)) this.#bucket?.spend(debtor.bytes, now());
    reject(interrupted());
    this.#proceed();
  }

  /** Lets all go whose turn it is, and waits for the turn of the next. */
  #proceed(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#forgetIdle();
    for (let debtor = this.#first; debtor; debtor = this.#first) {
      const waitMs = this.#bucket?.debtMs(now()) ?? 0;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#proceed(), waitMs);
        return;
      }
      this.#bucket?.spend(debtor.bytes, now());
      this.#debtors.delete(debtor);
      this.#turn = debtor.turn;
      debtor.go();
    }
  }

  get #first(): Debtor | undefined {
    let first: Debtor | undefined;
    for (const debtor of this.#debtors) {
      if (debtor.turn < (first?.turn ?? Infinity)) first = debtor;
    }
    return first;
  }

  /** Who has had no turn for a while is not ahead of the others. */
  #forgetIdle(): void {
    for (const [sharer, turn] of this.#nextTurns) {
      if (turn <= this.#turn) this.#nextTurns.delete(sharer);
    }
  }
}

/** The limits of one client. */
export interface TransferLimits {
  /** Of what is sent. */
  readonly up: RateLimit;
  /** Of what is received. */
  readonly down: RateLimit;
}

function now(): number {
  return performance.now();
}
