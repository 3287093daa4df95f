/**
 * A real client that publishes files, gets those of others all the time, and now and then leaves and
 * comes back.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import { someBytes } from "../../support/bytes.ts";
import { TestPeer } from "../../support/test_peer.ts";

/** Sizes of its files, in bytes: some of one piece, some of two. */
const SIZES: readonly number[] = [1_000, 60_000, 500_000, 1_500_000];
const PAUSE_MS = 1_000;
const STAYING_MS = 30_000;
/** Sources are killed, and come back after some seconds. */
const PATIENCE_MS = 15_000;
/** No killed source explains these. */
const NEVER: readonly string[] = ["unverified", "malformed", "login_refused", "usage", "disk"];

/** What a transferring peer tells. */
export interface TransferObserver {
  /** @param bytes The size of the file, which is right */
  transferred(bytes: number): void;
  /** A download failed for a reason that there may be. */
  failed(reason: string): void;
  fault(reason: string): void;
}

/** The name of the real client `number`. */
export function peerUser(number: number): string {
  return `peer${number}`;
}

/** One user's client, with all that it publishes. */
export class TransferringPeer {
  readonly #user: string;

  constructor(
    private readonly index: Address,
    private readonly number: number,
    /** How many such peers there are. */
    private readonly peers: number,
    private readonly random: () => number,
    private readonly observer: TransferObserver,
  ) {
    this.#user = peerUser(number);
  }

  /** Comes and goes until `signal` fires. */
  async live(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#visit(signal).catch(async (error) => {
        this.observer.fault(`peer: ${error.message}`);
        await delay(PAUSE_MS, { signal }).catch(() => {});
      });
    }
  }

  async #visit(signal: AbortSignal): Promise<void> {
    const options = { patienceMs: PATIENCE_MS, stallMs: 2_000 };
    await using member = await TestPeer.join({ address: this.index }, this.#user, options);
    // Each visit is from another folder: one that was killed has left its share.
    for (const i of SIZES.keys()) await member.peer.unp(fileOf(this.number, i), true);
    for (const [i, size] of SIZES.entries()) {
      await member.folder.write(fileOf(this.number, i), someBytes(size, this.number + 1));
      await member.peer.pub(fileOf(this.number, i));
    }
    const end = performance.now() + STAYING_MS * (0.5 + this.random());
    while (!signal.aborted && performance.now() < end) {
      await this.#transfer(member).catch((error) => this.#take(error));
      await delay(PAUSE_MS * this.random(), { signal }).catch(() => {});
    }
  }

  async #transfer({ peer, folder }: TestPeer): Promise<void> {
    const other = (this.number + 1 + Math.floor(this.random() * (this.peers - 1))) % this.peers;
    const file = Math.floor(this.random() * SIZES.length);
    const name = fileOf(other, file);
    const gotten = await peer.get(name);
    if (gotten.kind === "nothing") return this.observer.failed("no source");
    const path = folder.pathOf(name);
    const size = await Deno.stat(path).then((info) => info.size, () => undefined);
    if (size !== undefined) await Deno.remove(path);
    const isRight = gotten.kind === "downloaded" && size === SIZES[file];
    if (isRight) this.observer.transferred(size!);
    else this.observer.fault(`get: ${JSON.stringify(gotten)}, ${size} bytes`);
  }

  #take(error: unknown): void {
    if (error instanceof BitTrickleError && !NEVER.includes(error.code)) {
      return this.observer.failed(error.code);
    }
    this.observer.fault(`get: ${error}`);
  }
}

function fileOf(peer: number, file: number): string {
  return `${peerUser(peer)}-${file}.bin`;
}
