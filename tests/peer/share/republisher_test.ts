/**
 * What is served and published without being asked for: what was published, and nothing else.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { KeyedMutex } from "../../../lib/async/keyed_mutex.ts";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { SessionRequest } from "../../../lib/peer/session/index_session.ts";
import { FileMemory } from "../../../lib/peer/share/file_memory.ts";
import { makeLooks } from "../../../lib/peer/share/looks.ts";
import { PublishedFiles } from "../../../lib/peer/share/published_files.ts";
import { Publisher } from "../../../lib/peer/share/publisher.ts";
import type { Suspect } from "../../../lib/peer/share/refresh_queue.ts";
import { Republisher, type Restored } from "../../../lib/peer/share/republisher.ts";
import { SharedFolder } from "../../../lib/peer/share/shared_folder.ts";
import { bucketOf, formatBucket, ShareSums } from "../../../lib/protocol/digest.ts";
import type { FileDetails, Reply } from "../../../lib/protocol/messages.ts";
import { HASHER } from "../../support/hashed.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

/** An index that has a share, and is asked by one client of it. */
class Setting implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly suspects: Suspect[] = [];
  /** What the index has. */
  readonly listed = new Map<string, FileDetails | undefined>();
  readonly files: PublishedFiles;
  readonly publisher: Publisher;
  readonly republisher: Republisher;
  readonly session = { catalogue: "first", ask: (request: SessionRequest) => this.ask(request) };
  readonly #memory = FileMemory.inMemory();
  readonly #looks = makeLooks();

  private constructor(readonly folder: TempFolder) {
    this.files = this.another();
    const turns = new KeyedMutex<string>();
    const { files, session } = this;
    const looks = this.#looks;
    const ask = (request: SessionRequest) => this.ask(request);
    const setting = { ask, files, share: "ab".repeat(8), isSealed: true, turns, looks };
    this.publisher = new Publisher(setting);
    const onSuspect = (suspect: Suspect) => void this.suspects.push(suspect);
    this.republisher = new Republisher({ ...setting, session, onSuspect });
  }

  /** With the files `names` in the folder, published. */
  static async of(...names: string[]): Promise<Setting> {
    const setting = new Setting(await TempFolder.make());
    for (const name of names) {
      await setting.folder.write(name, name);
      await setting.publisher.pub(name);
    }
    await setting.republisher.restore();
    setting.asked.length = 0;
    return setting;
  }

  /** What another client of the folder sees. */
  another(): PublishedFiles {
    const files = new PublishedFiles(new SharedFolder(this.folder.path), this.#memory, HASHER);
    files.enter("here");
    return files;
  }

  /** The names that are published. */
  get published(): string[] {
    return [...this.files.pages()].flat().map(({ name }) => name);
  }

  ask = (request: SessionRequest): Promise<Reply> => {
    this.asked.push("name" in request ? `${request.verb} ${request.name}` : request.verb);
    return Promise.resolve(this.#answer(request));
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#looks[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
    await this.folder[Symbol.asyncDispose]();
  }

  #answer(request: SessionRequest): Reply {
    switch (request.verb) {
      case "pub":
        this.listed.set(request.name, request.details);
        for (const { name, details } of request.others ?? []) this.listed.set(name, details);
        return { kind: "published" };
      case "unp":
        this.listed.delete(request.name);
        return { kind: "unpublished" };
      case "share":
        return this.#differences(request.digest);
      default: {
        const items = [...this.listed.keys()].sort();
        const details = items.map((name) => this.listed.get(name));
        return { kind: "list", of: "files published", items, details, more: 0 };
      }
    }
  }

  #differences(digest: string): Reply {
    const sums = new ShareSums();
    for (const [name, details] of this.listed) sums.change(name, details, 1);
    if (sums.digest() === digest) return { kind: "same" };
    const buckets = [...new Set([...this.listed.keys()].map(bucketOf))].sort((a, b) => a - b);
    const digests = buckets.map((bucket) => sums.of(bucket)!);
    return { kind: "list", of: "buckets", items: buckets.map(formatBucket), digests, more: 0 };
  }
}

/** The names in what was restored. */
function namesIn({ served, missing, elsewhere, withdrawn }: Restored): Record<string, unknown> {
  const [s, m, e, w] = [served, missing, elsewhere, withdrawn].map(({ first }) => first);
  return { served: s, missing: m, elsewhere: e, withdrawn: w };
}

const NONE = { served: [], missing: [], elsewhere: [], withdrawn: [] };

Deno.test("what is withdrawn while it is read stays withdrawn", ON_DISK, async () => {
  await using setting = await Setting.of("a");
  const { files, republisher, publisher } = setting;
  const reading = Promise.withResolvers<FileDetails>();
  files.details = () => reading.promise;
  const refreshing = republisher.refresh({ name: "a" }, new AbortController().signal);
  await publisher.unp("a");
  reading.resolve({ size: 1, id: "11".repeat(32) });
  assertEquals(await refreshing, false);
  assertEquals([setting.asked, setting.published], [["unp a"], []]);
});

Deno.test("an index that agrees is asked once, and told nothing", ON_DISK, async () => {
  await using setting = await Setting.of("a", "b");
  assertEquals(namesIn(await setting.republisher.restore()), { ...NONE, served: ["a", "b"] });
  assertEquals(setting.asked, ["share"]);
});

Deno.test(
  "what another client of the folder withdrew is not published again",
  ON_DISK,
  async () => {
    await using setting = await Setting.of("kept", "withdrawn");
    setting.session.catalogue = "second";
    setting.listed.clear();
    setting.another().remove("withdrawn");
    await setting.republisher.restore();
    assertEquals([[...setting.listed.keys()], setting.published], [["kept"], ["kept"]]);
  },
);

Deno.test(
  "what another client withdraws while the index is told is withdrawn there",
  ON_DISK,
  async () => {
    await using setting = await Setting.of("a");
    setting.session.catalogue = "second";
    setting.listed.clear();
    const ask = async (request: SessionRequest) => {
      if (request.verb === "pub") setting.another().remove("a");
      return await setting.ask(request);
    };
    await setting.republisher.restore(ask);
    assertEquals([[...setting.listed.keys()], setting.published], [[], []]);
  },
);

Deno.test("what another device withdrew is not served any more, and told", ON_DISK, async () => {
  await using setting = await Setting.of("a", "b");
  setting.listed.delete("a");
  const restored = await setting.republisher.restore();
  assertEquals(namesIn(restored).withdrawn, ["a"]);
  assertEquals([[...setting.listed.keys()], setting.published], [["b"], ["b"]]);
});

Deno.test("an index whose catalogue is another one is told everything", ON_DISK, async () => {
  await using setting = await Setting.of("a", "b");
  setting.listed.clear();
  setting.session.catalogue = "second";
  assertEquals(namesIn(await setting.republisher.restore()), { ...NONE, served: ["a", "b"] });
  assertEquals([...setting.listed.keys()], ["a", "b"]);
});

Deno.test("what the index has not confirmed is told, whatever its catalogue", ON_DISK, async () => {
  await using setting = await Setting.of("a", "b");
  const { name, details } = setting.files.get("a")!;
  setting.files.put({ name, details: details!, isTold: false });
  setting.listed.delete("a");
  assertEquals(namesIn(await setting.republisher.restore()), { ...NONE, served: ["a", "b"] });
  assertEquals([...setting.listed.keys()].sort(), ["a", "b"]);
});

Deno.test("what nobody here has published is not served, and told", ON_DISK, async () => {
  await using setting = await Setting.of("a");
  await setting.folder.write("secret", "secret");
  setting.listed.set("secret", { size: 6, id: "11".repeat(32) });
  const restored = namesIn(await setting.republisher.restore());
  assertEquals(restored, { ...NONE, served: ["a"], elsewhere: ["secret"] });
  assertEquals(setting.published, ["a"]);
});

Deno.test("an index that comes back does not wait for files to be read", ON_DISK, async () => {
  await using setting = await Setting.of("changed", "gone", "same");
  await setting.folder.write("changed", "another content");
  await Deno.remove(setting.folder.pathOf("gone"));
  setting.listed.clear();
  setting.session.catalogue = "second";
  const restored = namesIn(await setting.republisher.restore(setting.ask, true));
  assertEquals(restored, { ...NONE, served: ["changed", "same"], missing: ["gone"] });
  assertEquals(setting.suspects, [{ name: "changed" }]);
  assertEquals([...setting.listed.keys()].includes("gone"), false);
  assertEquals(setting.published, ["changed", "gone", "same"], "what is gone may come back");
});

Deno.test("a version that kept only names is made up for", ON_DISK, async () => {
  await using setting = await Setting.of("hashed", "unhashed");
  setting.files.put({ name: "hashed", isTold: false }, { name: "unhashed", isTold: false });
  setting.files.forget("unhashed");
  await setting.republisher.restore();
  assertEquals(setting.suspects, [{ name: "unhashed" }]);
  assertEquals(setting.files.get("hashed")?.isTold, true);
});

/** Publishes 200 files of a folder, and returns what the index was asked. */
async function publishMany(setting: Setting): Promise<string[]> {
  setting.asked.length = 0;
  const { published, skipped } = await setting.publisher.pubTree("t");
  assertEquals([published.length, skipped], [200, []]);
  return setting.asked;
}

Deno.test(
  "many files are told together, and those that are the same not at all",
  ON_DISK,
  async () => {
    await using setting = await Setting.of();
    await setting.folder.makeFolder("t");
    for (let i = 0; i < 200; i++) await setting.folder.write(`t/${i}`, `file ${i}`);
    const asked = await publishMany(setting);
    assertEquals(asked.length < 40 && asked.every((it) => it.startsWith("pub t/")), true);
    assertEquals(setting.listed.size, 200);
    assertEquals(await publishMany(setting), ["share"]);
    await setting.folder.write("t/7", "another content");
    assertEquals(await publishMany(setting), ["share", "pub t/7"]);
    setting.listed.delete("t/8");
    assertEquals((await publishMany(setting)).at(-1), "pub t/8", "which was withdrawn elsewhere");
    assertEquals(setting.listed.size, 200);
  },
);

Deno.test(
  "an index without room for all files of a request is told one by one",
  ON_DISK,
  async () => {
    await using setting = await Setting.of();
    await setting.folder.makeFolder("t");
    for (let i = 0; i < 100; i++) await setting.folder.write(`t/${i}`, `file ${i}`);
    const answer = setting.ask;
    setting.ask = (request) => {
      const count = request.verb === "pub" ? 1 + (request.others?.length ?? 0) : 0;
      if (setting.listed.size + count <= 50) return answer(request);
      return Promise.reject(new BitTrickleError("refused", "no room"));
    };
    const error = await assertRejects(() => setting.publisher.pubTree("t"), BitTrickleError);
    assertEquals([error.code, setting.listed.size], ["refused", 50]);
    assertEquals(setting.published.sort(), [...setting.listed.keys()].sort());
  },
);

Deno.test("what an index refuses is as it was before", ON_DISK, async () => {
  await using setting = await Setting.of("a");
  const before = setting.files.get("a");
  await setting.folder.write("a", "another content");
  await setting.folder.write("b", "b");
  const ask = () => Promise.reject(new Error("no room"));
  using looks = makeLooks();
  const { files } = setting;
  const turns = new KeyedMutex<string>();
  const publisher = new Publisher({ ask, files, share: "", isSealed: true, turns, looks });
  for (const name of ["a", "b"]) await publisher.pub(name).catch(() => {});
  assertEquals([files.get("a"), files.get("b")], [before, undefined]);
});
