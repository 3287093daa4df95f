/**
 * A client that has just logged in: the index names it as a source of what it published earlier
 * before it has a certificate, and knows which files these are.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Peer } from "../../../lib/peer/peer.ts";
import { FileMemory } from "../../../lib/peer/share/file_memory.ts";
import { InMemoryKnownServers } from "../../../lib/peer/session/known_servers.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestIndex } from "../../support/test_index.ts";
import { sizeOf, TestPeer } from "../../support/test_peer.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
/** What ends sooner ends because there is nothing to wait for. */
const PATIENT = { stallMs: 5_000, patienceMs: 20_000 };

/** Which session a message is of: what comes before its number, which is small. */
function sessionOf(datagram: string): string {
  return datagram.split("\0\0\0")[0]!;
}

/** An index that loses requests, and counts the others. */
class Setting implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly memory = this.#stack.use(FileMemory.inMemory());
  readonly index = this.#stack.use(
    new TestIndex(),
  );
  readonly #known = new InMemoryKnownServers();
  /** How many requests were not lost. */
  heard = 0;

  constructor(readonly folder: TempFolder) {}

  /** Another client of the same folder of hans. */
  client(): Peer {
    const { index, folder, memory } = this;
    return new Peer({ index: index.address, folder: folder.path, memory, known: this.#known });
  }

  /** Has the index lose the requests of everybody but `member`, from the next login on. */
  async loseAllBut(member: TestPeer): Promise<void> {
    const heard = new Set<string>();
    this.index.lose = (datagram) => !heard.add(sessionOf(datagram));
    await member.peer.lap();
    this.index.lose = (datagram) => {
      const isLost = datagram.startsWith("BT2/m") && !heard.has(sessionOf(datagram));
      if (!isLost) this.heard++;
      return isLost;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}

Deno.test("a source that has just logged in is asked again", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await using setting = new Setting(folder);
  const { index } = setting;
  await folder.write("a", "content");
  const before = setting.client();
  await before.logIn("hans", "pw-hans");
  await before.pub("a");
  await before.close(0);
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await setting.loseAllBut(vader);
  const hans = setting.client();
  const returning = hans.logIn("hans", "pw-hans");
  try {
    await waitFor("hans to be there", async () => (await vader.peer.sch("a")).items.length > 0);
    const getting = vader.peer.get("a");
    getting.catch(() => {});
    const heard = setting.heard;
    await waitFor("vader to have asked in vain", () => setting.heard > heard + 2);
    index.lose = () => false;
    await returning;
    assertEquals((await hans.restored)?.served.first, ["a"]);
    assertEquals(sizeOf(await getting), 7);
  } finally {
    await hans.close(0);
  }
});
