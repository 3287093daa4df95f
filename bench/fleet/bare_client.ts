/**
 * Bare transactions of etcd.
 *
 * @module
 */

import { EtcdClient, type Operation } from "../../lib/etcd/etcd_client.ts";
import { Gateway } from "../../lib/etcd/gateway.ts";
import { OPERATIONS_AT_ONCE } from "../../lib/fleet/group_commit.ts";
import { PREFIX, PUBLICATIONS } from "../../lib/fleet/layout.ts";
import { LANES } from "../../lib/fleet/membership.ts";

/** As many as fill all lanes. */
export const AT_ONCE: number = LANES * OPERATIONS_AT_ONCE;

const BARE = "/bare/1/";
/** As long as the value of a publication. */
const VALUE = crypto.getRandomValues(new Uint8Array(168));

/** Puts as much as publications take, and nothing else. */
export class BareClient implements Disposable {
  readonly #etcd: EtcdClient;
  #put = 0;

  constructor(endpoints: readonly string[]) {
    this.#etcd = new EtcdClient(new Gateway({ endpoints }));
  }

  /** Puts `count` keys, `size` in each transaction, and {@linkcode AT_ONCE} at any time. */
  async put(count: number, size: number, signal: AbortSignal): Promise<void> {
    const end = this.#put + count;
    await Promise.all(Array.from({ length: AT_ONCE / size }, async () => {
      while (this.#put < end && !signal.aborted) {
        const then = Array.from({ length: size }, () => bareAt(this.#put++));
        await this.#etcd.transact({ if: [], then });
      }
    }));
  }

  [Symbol.dispose](): void {
    this.#etcd.gateway[Symbol.dispose]();
  }
}

/** As long as the key of a publication. */
function bareAt(i: number): Operation {
  const rest = PUBLICATIONS.length - PREFIX.length + 3 * 22 + 2;
  const key = BARE.padEnd(PREFIX.length, "-") + String(i).padStart(rest, "0");
  return { kind: "put", key, value: VALUE };
}
