/**
 * What is served and published without being asked for: what was published, and nothing else.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { KeyedMutex } from "../../../lib/async/keyed_mutex.ts";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { SessionRequest } from "../../../lib/peer/session/index_session.ts";
import { makeLooks } from "../../../lib/peer/share/looks.ts";
import { Publisher } from "../../../lib/peer/share/publisher.ts";
import type { Restored } from "../../../lib/peer/share/republisher.ts";
import { bucketOf } from "../../../lib/protocol/digest.ts";
import type { FileDetails, Reply } from "../../../lib/protocol/messages.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { waitFor } from "../../support/wait_for.ts";
import { TestShare } from "../../support/test_share.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

/** The names in what was restored. */
function namesIn({ served, missing, elsewhere, withdrawn }: Restored): Record<string, unknown> {
  const [s, m, e, w] = [served, missing, elsewhere, withdrawn].map(({ first }) => first);
  return { served: s, missing: m, elsewhere: e, withdrawn: w };
}

/** A name that is listed with `name`, and after it. */
function neighbourOf(name: string): string {
  for (let i = 0;; i++) if (bucketOf(`${name}${i}`) === bucketOf(name)) return `${name}${i}`;
}

/** Has another client of the folder withdraw `name` while the index is told of it. */
function withdrawAsIsTold(share: TestShare, name: string): void {
  const answer = share.ask;
  share.ask = async (request) => {
    if (request.verb === "pub") {
      share.another().remove(name);
      await answer({ verb: "unp", name });
    }
    return await answer(request);
  };
}

const NONE = { served: [], missing: [], elsewhere: [], withdrawn: [] };

Deno.test("what is withdrawn while it is read stays withdrawn", ON_DISK, async () => {
  await using share = await TestShare.of("a");
  const { files, republisher, publisher } = share;
  const reading = Promise.withResolvers<FileDetails>();
  files.details = () => reading.promise;
  const refreshing = republisher.refresh({ name: "a" }, new AbortController().signal);
  await publisher.unp("a");
  reading.resolve({ size: 1, id: "11".repeat(32) });
  assertEquals(await refreshing, false);
  assertEquals([share.asked, share.published], [["unp a", "heartbeat"], []]);
});

Deno.test(
  "what is published while a client begins to serve is not served again",
  ON_DISK,
  async () => {
    await using share = await TestShare.of("old");
    const opening = Promise.withResolvers<void>();
    const restoring = share.republisher.restore(undefined, false, opening.promise);
    await share.folder.write("new", "new");
    await share.publisher.pub("new");
    opening.resolve();
    assertEquals(namesIn(await restoring), { ...NONE, served: ["old"] });
  },
);

Deno.test("an index that agrees is asked once, and told nothing", ON_DISK, async () => {
  await using share = await TestShare.of("a", "b");
  assertEquals(namesIn(await share.republisher.restore()), { ...NONE, served: ["a", "b"] });
  assertEquals(share.asked, ["share"]);
});

Deno.test(
  "what another client of the folder withdrew is not published again",
  ON_DISK,
  async () => {
    await using share = await TestShare.of("kept", "withdrawn");
    share.session.catalogue = "second";
    share.listed.clear();
    share.another().remove("withdrawn");
    await share.republisher.restore();
    assertEquals([[...share.listed.keys()], share.published], [["kept"], ["kept"]]);
  },
);

Deno.test(
  "what another client withdraws while the index is told is withdrawn there",
  ON_DISK,
  async () => {
    await using share = await TestShare.of("a");
    share.session.catalogue = "second";
    share.listed.clear();
    const ask = async (request: SessionRequest) => {
      if (request.verb === "pub") share.another().remove("a");
      return await share.ask(request);
    };
    await share.republisher.restore(ask);
    assertEquals([[...share.listed.keys()], share.published], [[], []]);
  },
);

Deno.test(
  "what another client withdraws while a changed file is told is withdrawn there",
  ON_DISK,
  async () => {
    await using share = await TestShare.of("a");
    await share.folder.write("a", "another content");
    withdrawAsIsTold(share, "a");
    await share.republisher.refresh({ name: "a" }, new AbortController().signal);
    assertEquals([[...share.listed.keys()], share.published], [[], []]);
  },
);

Deno.test(
  "what another client withdraws while it is published is withdrawn at the index",
  ON_DISK,
  async () => {
    await using share = await TestShare.of();
    await share.folder.write("a", "a");
    withdrawAsIsTold(share, "a");
    await share.publisher.pub("a");
    assertEquals([[...share.listed.keys()], share.published], [[], []]);
  },
);

Deno.test("what another device withdrew is not served any more, and told", ON_DISK, async () => {
  await using share = await TestShare.of("a", "b");
  share.listed.delete("a");
  const restored = await share.republisher.restore();
  assertEquals(namesIn(restored).withdrawn, ["a"]);
  assertEquals([[...share.listed.keys()], share.published], [["b"], ["b"]]);
});

Deno.test(
  "what another client publishes after the index has listed the share is kept",
  ON_DISK,
  async () => {
    await using share = await TestShare.of("a");
    const name = neighbourOf("a");
    share.listed.delete("a");
    const ask = async (request: SessionRequest) => {
      const reply = await share.ask(request);
      if (request.verb === "lpf" && !share.files.has(name)) {
        const details = { size: 1, id: "11".repeat(32) };
        share.another().put({ name, details, isTold: true });
        share.listed.set(name, details);
      }
      return reply;
    };
    const { withdrawn } = namesIn(await share.republisher.restore(ask));
    assertEquals([withdrawn, share.published], [["a"], [name]]);
  },
);

Deno.test("an index whose catalogue is another one is told everything", ON_DISK, async () => {
  await using share = await TestShare.of("a", "b");
  share.listed.clear();
  share.session.catalogue = "second";
  assertEquals(namesIn(await share.republisher.restore()), { ...NONE, served: ["a", "b"] });
  assertEquals([...share.listed.keys()], ["a", "b"]);
});

Deno.test("what the index has not confirmed is told, whatever its catalogue", ON_DISK, async () => {
  await using share = await TestShare.of("a", "b");
  const { name, details } = share.files.get("a")!;
  share.files.put({ name, details: details!, isTold: false });
  share.listed.delete("a");
  assertEquals(namesIn(await share.republisher.restore()), { ...NONE, served: ["a", "b"] });
  assertEquals([...share.listed.keys()].sort(), ["a", "b"]);
});

Deno.test("what nobody here has published is not served, and told", ON_DISK, async () => {
  await using share = await TestShare.of("a");
  await share.folder.write("secret", "secret");
  share.listed.set("secret", { size: 6, id: "11".repeat(32) });
  const restored = namesIn(await share.republisher.restore());
  assertEquals(restored, { ...NONE, served: ["a"], elsewhere: ["secret"] });
  assertEquals(share.published, ["a"]);
});

Deno.test("an index that lists more than there can be is not believed", ON_DISK, async () => {
  await using share = await TestShare.of("a");
  share.listed.clear();
  for (let i = 0; i < 40; i++) share.listed.set(`other ${i}`, undefined);
  let lists = 0;
  const ask = (request: SessionRequest): Promise<Reply> => {
    if (request.verb !== "lpf") return share.ask(request);
    lists++;
    const items = Array.from({ length: 60_000 }, (_, i) => `${lists} ${i}`);
    return Promise.resolve({ kind: "list", of: "files published", items, more: 0 });
  };
  const error = await assertRejects(() => share.republisher.restore(ask), BitTrickleError);
  assertEquals([error.code, lists, share.published], ["malformed", 4, ["a"]]);
});

Deno.test("an index that comes back does not wait for files to be read", ON_DISK, async () => {
  await using share = await TestShare.of("changed", "gone", "same");
  await share.folder.write("changed", "another content");
  await Deno.remove(share.folder.pathOf("gone"));
  share.listed.clear();
  share.session.catalogue = "second";
  const restored = namesIn(await share.republisher.restore(share.ask, true));
  assertEquals(restored, { ...NONE, served: ["changed", "same"], missing: ["gone"] });
  assertEquals(share.suspects, [{ name: "changed" }]);
  assertEquals([...share.listed.keys()].includes("gone"), false);
  assertEquals(share.published, ["changed", "gone", "same"], "what is gone may come back");
});

Deno.test("a version that kept only names is made up for", ON_DISK, async () => {
  await using share = await TestShare.of("hashed");
  await share.folder.write("unhashed", "unhashed");
  share.files.put({ name: "hashed", isTold: false }, { name: "unhashed", isTold: false });
  await share.republisher.restore();
  assertEquals(share.suspects, [{ name: "unhashed" }]);
  assertEquals(share.files.get("hashed")?.isTold, true);
});

/** Publishes 200 files of a folder, and returns what the index was asked. */
async function publishMany(share: TestShare): Promise<string[]> {
  share.asked.length = 0;
  const { published, skipped } = await share.publisher.pubTree("t");
  assertEquals([published.length, skipped], [200, []]);
  return share.asked;
}

Deno.test(
  "many files are told together, and those that are the same not at all",
  ON_DISK,
  async () => {
    await using share = await TestShare.of();
    await share.folder.makeFolder("t");
    for (let i = 0; i < 200; i++) await share.folder.write(`t/${i}`, `file ${i}`);
    const asked = await publishMany(share);
    assertEquals(asked.length < 40 && asked.every((it) => it.startsWith("pub t/")), true);
    assertEquals(share.listed.size, 200);
    assertEquals(await publishMany(share), ["share"]);
    await share.folder.write("t/7", "another content");
    assertEquals(await publishMany(share), ["share", "pub t/7"]);
    share.listed.delete("t/8");
    assertEquals((await publishMany(share)).at(-1), "pub t/8", "which was withdrawn elsewhere");
    assertEquals(share.listed.size, 200);
  },
);

Deno.test(
  "an index without room for all files of a request is told one by one",
  ON_DISK,
  async () => {
    await using share = await TestShare.of();
    await share.folder.makeFolder("t");
    for (let i = 0; i < 100; i++) await share.folder.write(`t/${i}`, `file ${i}`);
    const answer = share.ask;
    share.ask = (request) => {
      const count = request.verb === "pub" ? 1 + (request.others?.length ?? 0) : 0;
      if (share.listed.size + count <= 50) return answer(request);
      return Promise.reject(new BitTrickleError("refused", "no room"));
    };
    const error = await assertRejects(() => share.publisher.pubTree("t"), BitTrickleError);
    assertEquals([error.code, share.listed.size], ["refused", 50]);
    assertEquals(share.published.sort(), [...share.listed.keys()].sort());
  },
);

Deno.test("of many files what an index refuses is as it was before", ON_DISK, async () => {
  await using share = await TestShare.of();
  await share.folder.makeFolder("t");
  const own = Array.from({ length: 100 }, (_, i) => `t/${i}`);
  own.push("t/\u{1f600}", "t/\uff01"); // Their order is one by UTF-16, and another by UTF-8.
  for (const name of own) await share.folder.write(name, name);
  await share.publisher.pubTree("t");
  const gone = Array.from({ length: 600 }, (_, i) => ({ name: `t/1 ${i}`, isTold: true }));
  share.files.put(...gone);
  const before = share.published;
  for (const name of own) await share.folder.write(name, `another ${name}`);
  const answer = share.ask;
  share.ask = (request) =>
    request.verb === "pub" ? Promise.reject(new Error("no room")) : answer(request);
  await assertRejects(() => share.publisher.pubTree("t"));
  assertEquals(share.published, before);
});

Deno.test("what an index refuses is as it was before", ON_DISK, async () => {
  await using share = await TestShare.of("a");
  const before = share.files.get("a");
  await share.folder.write("a", "another content");
  await share.folder.write("b", "b");
  const ask = () => Promise.reject(new Error("no room"));
  using looks = makeLooks();
  const { files } = share;
  const turns = new KeyedMutex<string>();
  const publisher = new Publisher({ ask, files, share: "", isSealed: true, turns, looks });
  for (const name of ["a", "b"]) await publisher.pub(name).catch(() => {});
  assertEquals([files.get("a"), files.get("b")], [before, undefined]);
});

Deno.test(
  "a changed file that was withdrawn elsewhere is not published anew",
  ON_DISK,
  async () => {
    await using share = await TestShare.of("a", "b");
    share.withdrawElsewhere("a");
    const { signal } = new AbortController();
    for (const name of ["a", "b"]) {
      await share.folder.write(name, "another content");
      await share.republisher.refresh({ name }, signal);
    }
    assertEquals([[...share.listed.keys()], share.published], [["b"], ["b"]]);
  },
);

Deno.test(
  "a withdrawal in a later session is heard, whatever was counted before",
  ON_DISK,
  async () => {
    await using share = await TestShare.of("a", "b");
    share.listed.delete("a");
    share.withdrawals.hear(1);
    await waitFor("the first", () => share.published.join() === "b");
    await share.republisher.restore(share.ask, true);
    share.listed.delete("b");
    share.withdrawals.hear(1);
    await waitFor("the second", () => share.published.length === 0);
  },
);

Deno.test("what another catalogue does not list was not withdrawn", ON_DISK, async () => {
  await using share = await TestShare.of("a");
  share.session.catalogue = "second";
  share.withdrawElsewhere("a");
  await share.withdrawals.catchUp();
  assertEquals(share.published, ["a"]);
});
