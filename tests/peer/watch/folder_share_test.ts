/**
 * Folders that are shared as they change: others find what is there, and no more, within five seconds.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { turn } from "../../../lib/async/turn.ts";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { FolderShareOptions } from "../../../lib/peer/watch/folder_share.ts";
import type { OpenWatcher, Watcher } from "../../../lib/peer/watch/watch_hints.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { TestSession } from "../../support/test_session.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

/** Within which others find what has changed, in milliseconds from the last write on. */
const PROMISED_MS = 5_000;

/** A user who shares a folder, and another who asks what is in it. */
class Sharing implements AsyncDisposable {
  readonly told: string[] = [];
  readonly #stack: AsyncDisposableStack;
  readonly #stopping = new AbortController();

  private constructor(
    stack: AsyncDisposableStack,
    readonly index: TestIndex,
    readonly hans: TestPeer,
    readonly vader: TestPeer,
  ) {
    this.#stack = stack;
  }

  /** Shares the folder once `prepare` has filled it. */
  static async begin(
    prepare: (hans: TestPeer) => Promise<unknown>,
    options: Partial<FolderShareOptions> = {},
  ): Promise<Sharing> {
    await using stack = new AsyncDisposableStack();
    const index = stack.use(new TestIndex());
    const hans = stack.use(await TestPeer.join(index, "hans"));
    const vader = stack.use(await TestPeer.join(index, "vader"));
    await prepare(hans);
    const sharing = new Sharing(stack.move(), index, hans, vader);
    await sharing.#share(options).catch(async (error) => {
      await sharing[Symbol.asyncDispose]();
      throw error;
    });
    return sharing;
  }

  /** What others see, as `name size`, sorted. */
  async published(): Promise<string[]> {
    const { items, details = [] } = await this.vader.peer.lpf("hans");
    return items.map((name, i) => `${name} ${details[i]?.size}`).sort();
  }

  /** Withdraws `name` from all devices of hans, by one that serves nothing. */
  async withdrawElsewhere(name: string): Promise<void> {
    await using script = await TestSession.join(this.index.address, "hans", { share: undefined });
    await script.ask({ verb: "unp", name, isEverywhere: true });
  }

  /** Waits until others see just `expected`. */
  async shows(...expected: string[]): Promise<void> {
    const isThere = async () => JSON.stringify(await this.published()) === JSON.stringify(expected);
    await waitFor(expected.join(", "), isThere, PROMISED_MS).catch(async (error) => {
      throw new Error(`${error.message}; there is ${await this.published()}; told: ${this.told}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#stack.disposeAsync();
  }

  async #share(options: Partial<FolderShareOptions>): Promise<void> {
    const share = await this.hans.peer.share({
      names: ["."],
      isWatching: true,
      onChange: ({ kind, name }) => void this.told.push(`${kind} ${name}`),
      onAway: ({ name }) => void this.told.push(`away ${name}`),
      onBack: (name) => void this.told.push(`back ${name}`),
      onNoHints: () => void this.told.push("no hints"),
      onTrouble: (error) => void this.told.push(`trouble ${error}`),
      ...options,
    });
    this.#stack.use(share);
    await share.publish();
    const { signal } = this.#stopping;
    const watching = share.watch(signal).catch((error) => {
      if (!signal.aborted) this.told.push(`failed ${error}`);
    });
    this.#stack.defer(() => watching);
  }
}

/** Tells nothing of every second file that something happens to. */
function droppingHalf(): OpenWatcher {
  return (paths) => {
    const watcher = Deno.watchFs(paths);
    const isTold = (path: string) => Number(/\d+$/.exec(path)?.[0] ?? 0) % 2 === 0;
    const events = async function* () {
      for await (const event of watcher) {
        const left = event.paths.filter(isTold);
        if (left.length > 0) yield { ...event, paths: left };
      }
    };
    return { [Symbol.asyncIterator]: events, close: () => watcher.close() };
  };
}

/** Tells nothing, and is not there. */
const NONE: OpenWatcher = () => {
  throw new Error("no watcher may be opened");
};

const WATCHERS: readonly (readonly [string, Partial<FolderShareOptions>])[] = [
  ["whose events all come", {}],
  ["half of whose events are lost", { openWatcher: droppingHalf() }],
  ["that is polled", { isPolling: true, openWatcher: NONE }],
];

for (const [what, options] of WATCHERS) {
  Deno.test(`others see every change of a folder ${what}`, ON_DISK, async () => {
    const prepare = async ({ folder }: TestPeer) => {
      await folder.makeFolder("lab");
      for (let i = 0; i < 4; i++) await folder.write(`lab/old${i}`, "old");
    };
    await using sharing = await Sharing.begin(prepare, options);
    const { hans: { folder } } = sharing;
    await sharing.shows("lab/old0 3", "lab/old1 3", "lab/old2 3", "lab/old3 3");
    await folder.makeFolder("lab/new");
    for (let i = 0; i < 4; i++) await folder.write(`lab/new/n${i}`, "new one");
    for (let i = 0; i < 2; i++) await folder.write(`lab/old${i}`, "changed");
    for (let i = 2; i < 4; i++) await Deno.remove(folder.pathOf(`lab/old${i}`));
    const added = [0, 1, 2, 3].map((i) => `lab/new/n${i} 7`);
    await sharing.shows(...added, "lab/old0 7", "lab/old1 7");
    await Deno.remove(folder.pathOf("lab/new"), { recursive: true });
    await Deno.rename(folder.pathOf("lab/old0"), folder.pathOf("moved0"));
    await sharing.shows("lab/old1 7", "moved0 7");
    await Deno.remove(folder.pathOf("moved0"));
    await Deno.remove(folder.pathOf("lab"), { recursive: true });
    await sharing.shows();
  });
}

Deno.test("a system that tells of no changes is named once", ON_DISK, async () => {
  const openWatcher = () => {
    throw new Error("No space left on device");
  };
  await using sharing = await Sharing.begin(({ folder }) => folder.write("a", "1"), {
    openWatcher,
  });
  await sharing.hans.folder.write("b", "22");
  await sharing.shows("a 1", "b 2");
  await sharing.hans.folder.write("b", "333");
  await sharing.shows("a 1", "b 3");
  assertEquals(sharing.told.filter((it) => it === "no hints").length, 1);
});

/** A system that tells of no change. */
function silentWatcher(): Watcher {
  const closed = Promise.withResolvers<void>();
  return {
    // deno-lint-ignore require-yield -- It tells nothing.
    async *[Symbol.asyncIterator]() {
      await closed.promise;
    },
    close: closed.resolve,
  };
}

Deno.test("a change of which the system tells nothing is found", ON_DISK, async () => {
  const prepare = async ({ folder }: TestPeer) => {
    await folder.write("a", "1");
    // A folder that was just changed is looked at as a whole.
    await Deno.utime(folder.path, 0, 0);
  };
  await using sharing = await Sharing.begin(prepare, { openWatcher: silentWatcher });
  await sharing.shows("a 1");
  await sharing.hans.folder.write("a", "22");
  await sharing.shows("a 2");
});

Deno.test("and so it is in time among 10,000 files", ON_DISK, async () => {
  const prepare = async ({ folder }: TestPeer) => {
    for (let i = 0; i < 100; i++) {
      await folder.makeFolder(`${i}`);
      for (let j = 0; j < 100; j++) Deno.writeTextFileSync(folder.pathOf(`${i}/${j}`), "1");
    }
    // Folders and files that were changed just now are looked at each time.
    const made = Date.now();
    await waitFor("all to be old", () => Date.now() > made + PROMISED_MS);
  };
  await using sharing = await Sharing.begin(prepare, { openWatcher: silentWatcher });
  assertEquals(sharing.told, []);
  for (const name of ["0/0", "33/33", "66/66", "99/99"]) {
    await sharing.hans.folder.write(name, "22");
    await waitFor(name, () => sharing.told.includes(`changed ${name}`), PROMISED_MS);
  }
});

Deno.test("a watcher that ends is done without", ON_DISK, async () => {
  const openWatcher = (): Watcher => ({ async *[Symbol.asyncIterator]() {}, close() {} });
  await using sharing = await Sharing.begin(({ folder }) => folder.write("a", "1"), {
    openWatcher,
  });
  await sharing.hans.folder.write("a", "22");
  await sharing.shows("a 2");
  assertEquals(sharing.told.filter((it) => it === "no hints").length, 1);
});

for (const where of ["here", "on another device"]) {
  Deno.test(`what was withdrawn ${where} stays so until it is published`, ON_DISK, async () => {
    const prepare = async ({ folder }: TestPeer) => {
      for (const name of ["a", "b"]) await folder.write(name, "1");
    };
    await using sharing = await Sharing.begin(prepare);
    const { hans: { peer, folder } } = sharing;
    await sharing.shows("a 1", "b 1");
    if (where === "here") await peer.unp("a");
    else await sharing.withdrawElsewhere("a");
    // In one batch, so that the one would be there with the other.
    for (const name of ["a", "b"]) await folder.write(name, "22");
    await sharing.shows("b 2");
    await peer.pub("a");
    await folder.write("a", "333");
    await sharing.shows("a 3", "b 2");
  });
}

Deno.test("a folder that vanishes as a whole keeps what is published", ON_DISK, async () => {
  const prepare = async ({ folder }: TestPeer) => {
    await folder.makeFolder("lab");
    await folder.makeFolder("other");
    await folder.write("lab/a", "1");
  };
  let opened = 0;
  const openWatcher: OpenWatcher = (paths) => {
    opened++;
    return Deno.watchFs(paths);
  };
  await using sharing = await Sharing.begin(prepare, { names: ["lab", "other"], openWatcher });
  const { hans: { folder }, told } = sharing;
  await sharing.shows("lab/a 1");
  await Deno.rename(folder.pathOf("lab"), folder.pathOf("gone"));
  await waitFor("the notice", () => told.includes("away lab/"), PROMISED_MS);
  await folder.write("other/b", "1");
  await sharing.shows("lab/a 1", "other/b 1");
  await Deno.rename(folder.pathOf("gone"), folder.pathOf("lab"));
  await Deno.remove(folder.pathOf("lab/a"));
  await sharing.shows("other/b 1");
  assertEquals(told.filter((it) => /away|back/.test(it)), ["away lab/", "back lab/"]);
  assertEquals(opened, 2, "another folder may be there now than the one that is watched");
});

Deno.test("a folder that is away at first is as it is when it is back", ON_DISK, async () => {
  const prepare = async ({ folder, peer }: TestPeer) => {
    await folder.makeFolder("lab");
    for (const name of ["lab/a", "lab/gone", "lab/secret"]) {
      await folder.write(name, "1");
      await peer.pub(name);
      await Deno.remove(folder.pathOf(name));
    }
  };
  await using sharing = await Sharing.begin(prepare, { names: ["lab"] });
  const { hans: { folder }, told } = sharing;
  await sharing.shows("lab/a 1", "lab/gone 1", "lab/secret 1");
  assertEquals(told, ["away lab/"]);
  await folder.write("lab/.bittrickleignore", "secret");
  await folder.write("lab/secret", "1");
  await folder.write("lab/a", "1");
  await sharing.shows("lab/a 1");
});

Deno.test("what is left out now and was published before is withdrawn", ON_DISK, async () => {
  const prepare = async ({ folder, peer }: TestPeer) => {
    for (const name of ["a.tmp", "b.part", "c", "d"]) await folder.write(name, "1");
    for (const name of ["a.tmp", "b.part", "c", "d"]) await peer.pub(name);
    await folder.write(".bittrickleignore", "*.tmp");
    await Deno.remove(folder.pathOf("d"));
  };
  await using sharing = await Sharing.begin(prepare);
  // An unfinished download that was published by its name is not what rules are about.
  await sharing.shows("b.part 1", "c 1");
  await sharing.hans.folder.write(".bittrickleignore", "c");
  await sharing.shows("a.tmp 1", "b.part 1");
});

Deno.test("a disk that does not answer holds up no end", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  const unheard = () => {};
  await using share = await hans.peer.share({
    names: ["."],
    isWatching: true,
    onChange: unheard,
    onAway: unheard,
    onBack: unheard,
    onNoHints: unheard,
    onTrouble: unheard,
  });
  const ways = [
    (signal: AbortSignal) => share.publish({ signal }),
    (signal: AbortSignal) => share.watch(signal),
  ];
  for (const begin of ways) {
    const stopping = new AbortController();
    const running = begin(stopping.signal).then(() => "done", ({ code }) => code);
    await turn(); // The thread is at its scan, or about to be started.
    stopping.abort();
    assertEquals(await Promise.race([running, turn().then(() => "goes on")]), "interrupted");
    await running;
  }
});

Deno.test("what is not there is not shared", ON_DISK, async () => {
  const failing = Sharing.begin(() => Promise.resolve(), { names: ["none"] });
  const error = await assertRejects(() => failing, BitTrickleError);
  assertEquals([error.code, error.message], [
    "not_found",
    'Cannot share "none": no such file in the shared folder',
  ]);
  assert(error.cause !== undefined);
});
