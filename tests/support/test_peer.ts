/**
 * A logged-in peer with a folder of its own, in the test's own process.
 *
 * @module
 */

import type { Gotten } from "../../lib/peer/download/get_setting.ts";
import { Peer } from "../../lib/peer/peer.ts";
import type { PeerOptions } from "../../lib/peer/peer_options.ts";
import { TempFolder } from "./temp_folder.ts";
import type { TestIndex } from "./test_index.ts";

/** One user's client. */
export class TestPeer implements AsyncDisposable {
  private constructor(readonly peer: Peer, readonly folder: TempFolder) {}

  /** Logs `user` in at `index`. */
  static async join(
    index: Pick<TestIndex, "address">,
    user: string,
    options: Partial<PeerOptions> = {},
  ): Promise<TestPeer> {
    const folder = await TempFolder.make();
    const peer = new Peer({
      index: index.address,
      folder: folder.path,
      stallMs: 200,
      patienceMs: 1_000,
      ...options,
    });
    await peer.logIn(user, `pw-${user}`);
    return new TestPeer(peer, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer.close(0);
    await this.folder[Symbol.asyncDispose]();
  }
}

/** The size of what was downloaded, if it was. */
export function sizeOf(gotten: Gotten): number | undefined {
  return gotten.kind === "downloaded" ? gotten.size : undefined;
}
