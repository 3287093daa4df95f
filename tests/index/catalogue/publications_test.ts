import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { InMemoryJournal } from "../../../lib/index/catalogue/journal.ts";
import { Publications } from "../../../lib/index/catalogue/publications.ts";
import { CHANGES_AT_ONCE, PUBLICATIONS_PER_USER } from "../../../lib/protocol/limits.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import { foldOf, HeldJournal } from "../../support/journals.ts";
import { PLAIN_SHARE } from "../../../lib/protocol/share.ts";

/** A user in protocol 1. */
function plain(user: string) {
  return { user, share: PLAIN_SHARE };
}

const UNSAVED: Reply = {
  kind: "error",
  code: 500,
  reason: "the index cannot save this: the disk is full",
};
const DETAILS = { size: 1 };

/** Lets every promise that can go on do so. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function started(): { journal: HeldJournal; publications: Publications } {
  const journal = new HeldJournal();
  return { journal, publications: new Publications(journal) };
}

Deno.test({ name: "without a journal every reply is there at once", permissions: "none" }, () => {
  const publications = new Publications(new InMemoryJournal());
  assertEquals(publications.publish(plain("hans"), [{ name: "a" }]), { kind: "published" });
  assertEquals(publications.withdraw(plain("hans"), "a"), { kind: "unpublished" });
  assertEquals(publications.withdraw(plain("hans"), "a"), { kind: "not published" });
});

Deno.test({
  name: "a publication is seen when it is kept, and gone when its withdrawal is",
  permissions: "none",
}, async () => {
  const { journal, publications } = started();
  const published = publications.publish(plain("hans"), [{ name: "a", details: DETAILS }]);
  assert(published instanceof Promise);
  assert(!publications.catalogue.has("hans", "a"));
  journal.keep();
  assertEquals(await published, { kind: "published" });
  assertEquals(publications.catalogue.detailsOf("hans", "a"), DETAILS);
  const withdrawn = publications.withdraw(plain("hans"), "a");
  assert(publications.catalogue.has("hans", "a"));
  journal.keep();
  assertEquals(await withdrawn, { kind: "unpublished" });
  assert(!publications.catalogue.has("hans", "a"));
});

Deno.test({
  name: "what cannot be kept is refused, and the catalogue is as it was",
  permissions: "none",
}, async () => {
  const { journal, publications } = started();
  const replies = [
    publications.publish(plain("hans"), [{ name: "a" }]),
    publications.publish(plain("hans"), [{ name: "b" }]),
  ];
  journal.fail();
  assertEquals(await Promise.all(replies), [UNSAVED, UNSAVED]);
  assert(!publications.catalogue.has("hans", "a") && !publications.catalogue.has("hans", "b"));
  const again = publications.publish(plain("hans"), [{ name: "a" }]);
  journal.keep();
  assertEquals(await again, { kind: "published" });
});

Deno.test({
  name: "what depends on a change on its way is decided on what comes of it",
  permissions: "none",
}, async () => {
  for (const isKept of [true, false]) {
    const { journal, publications } = started();
    const replies = [
      publications.publish(plain("hans"), [{ name: "a" }]),
      publications.withdraw(plain("hans"), "a"),
      publications.withdraw(plain("hans"), "a"),
      publications.publish(plain("vader"), [{ name: "a" }]),
    ];
    assertEquals(journal.held.length, 2, "one of each user");
    if (isKept) journal.keep();
    else journal.fail();
    await settle();
    journal.keep();
    const [first, second, third, other] = (await Promise.all(replies)).map(({ kind }) => kind);
    assertEquals([second, third], [isKept ? "unpublished" : "not published", "not published"]);
    assertEquals([first, other], isKept ? ["published", "published"] : ["error", "error"]);
  }
});

Deno.test({
  name: "publishing the same again costs the journal nothing, with other details it does",
  permissions: "none",
}, async () => {
  const { journal, publications } = started();
  const first = publications.publish(plain("hans"), [{ name: "a", details: DETAILS }]);
  const repeated = publications.publish(plain("hans"), [{ name: "a", details: { ...DETAILS } }]);
  journal.keep();
  assertEquals(await first, await repeated);
  assertEquals(journal.held, []);
  assertEquals(publications.publish(plain("hans"), [{ name: "a", details: { ...DETAILS } }]), {
    kind: "published",
  });
  const changed = publications.publish(plain("hans"), [{
    name: "a",
    details: { ...DETAILS, size: 2 },
  }]);
  assertEquals(journal.held.length, 1);
  journal.keep();
  await changed;
  assertEquals(publications.catalogue.detailsOf("hans", "a")?.size, 2);
});

Deno.test({
  name: "publications on their way count towards the limit of their user, until they fail",
  permissions: "none",
}, async () => {
  const journal = new HeldJournal();
  for (let i = 0; i < PUBLICATIONS_PER_USER - 1; i++) {
    journal.append({ kind: "publish", user: "hans", name: `${i}` });
  }
  journal.keep();
  const publications = new Publications(journal);
  const last = publications.publish(plain("hans"), [{ name: "last" }]);
  const kindOf = async (reply: Reply | Promise<Reply>) => (await reply).kind;
  assertEquals(await kindOf(publications.publish(plain("hans"), [{ name: "more" }])), "error");
  assert(publications.publish(plain("vader"), [{ name: "more" }]) instanceof Promise);
  journal.fail();
  assertEquals(await last, UNSAVED);
  const again = publications.publish(plain("hans"), [{ name: "more" }]);
  journal.keep();
  assertEquals(await kindOf(again), "published");
});

Deno.test({
  name: "files that are published together are told to the journal together, and kept or refused",
  permissions: "none",
}, async () => {
  const { journal, publications } = started();
  const { catalogue } = publications;
  const files = ["a", "b", "c"].map((name) => ({ name, details: DETAILS }));
  const refused = publications.publish(plain("hans"), files);
  assertEquals([journal.waits, journal.held.length], [1, 3]);
  journal.fail();
  assertEquals(await refused, UNSAVED);
  assert(files.every(({ name }) => !catalogue.has("hans", name)));
  const published = publications.publish(plain("hans"), files);
  assert(files.every(({ name }) => !catalogue.has("hans", name)));
  journal.keep();
  assertEquals(await published, { kind: "published" });
  assert(files.every(({ name }) => catalogue.has("hans", name)));
  const more = publications.publish(plain("hans"), [...files, { name: "d" }]);
  assertEquals(journal.held.map(({ name }) => name), ["d"], "the others are known");
  journal.keep();
  assertEquals(await more, { kind: "published" });
  assertEquals(publications.publish(plain("hans"), files), { kind: "published" });
});

Deno.test({
  name: "files that are published together wait for each change of one of them, and later ones do",
  permissions: "none",
}, async () => {
  const { journal, publications } = started();
  const replies = [
    publications.publish(plain("hans"), [{ name: "a" }]),
    publications.publish(plain("hans"), [{ name: "b" }]),
    publications.publish(plain("hans"), [{ name: "a", details: DETAILS }, { name: "b" }]),
    publications.withdraw(plain("hans"), "b"),
  ];
  assertEquals(journal.held.length, 2);
  journal.keep();
  await settle();
  assertEquals(journal.held.map(({ kind, name }) => `${kind} ${name}`), ["publish a"]);
  journal.keep();
  await settle();
  assertEquals(journal.held.map(({ kind, name }) => `${kind} ${name}`), ["withdraw b"]);
  journal.keep();
  const kinds = (await Promise.all(replies)).map(({ kind }) => kind);
  assertEquals(kinds, ["published", "published", "published", "unpublished"]);
});

Deno.test({
  name: "all files of a request count towards the limit of their user before any is published",
  permissions: "none",
}, async () => {
  const journal = new HeldJournal();
  for (let i = 0; i < PUBLICATIONS_PER_USER - 2; i++) {
    journal.append({ kind: "publish", user: "hans", name: `${i}` });
  }
  journal.keep();
  const publications = new Publications(journal);
  const names = (...names: string[]) => names.map((name) => ({ name }));
  const tooMany: Reply = { kind: "error", code: 413, reason: "too many publications" };
  assertEquals(publications.publish(plain("hans"), names("a", "b", "c")), tooMany);
  assertEquals(journal.held, []);
  const known = publications.publish(plain("hans"), names("0", "a", "b"));
  assertEquals(publications.publish(plain("hans"), names("c")), tooMany, "two are on their way");
  journal.fail();
  assertEquals(await known, UNSAVED);
  const again = publications.publish(plain("hans"), names("a", "c"));
  journal.keep();
  assertEquals(await again, { kind: "published" });
  const changed = [{ name: "0", details: DETAILS }, { name: "1", details: DETAILS }];
  const retold = publications.publish(plain("hans"), changed);
  journal.keep();
  assertEquals(await retold, { kind: "published" }, "they are no more than before");
});

Deno.test({
  name: "all files of a request count towards what may wait for the disk",
  permissions: "none",
}, async () => {
  const { journal, publications } = started();
  const files = (count: number, from = 0) => {
    return Array.from({ length: count }, (_, i) => ({ name: `${from + i}` }));
  };
  const { each } = CHANGES_AT_ONCE;
  const first = publications.publish(plain("hans"), files(each - 1));
  const refused = await publications.publish(plain("hans"), files(2, each));
  assertEquals(refused.kind === "error" && refused.code, 500);
  assert(publications.publish(plain("hans"), files(1, each)) instanceof Promise);
  journal.keep();
  assertEquals(await first, { kind: "published" });
});

Deno.test({
  name: "a disk that takes nothing in cannot fill the memory",
  permissions: "none",
}, async () => {
  const { journal, publications } = started();
  const { each, inAll } = CHANGES_AT_ONCE;
  const replies: unknown[] = [];
  const publish = (user: string, i: number) => {
    const reply = publications.publish(plain(user), [{ name: `${i % 3}`, details: { size: i } }]);
    replies.push(reply);
    return reply instanceof Promise ? undefined : reply.kind === "error" && reply.code;
  };
  for (let user = 0; user < inAll / each; user++) {
    for (let i = 0; i < each; i++) assertEquals(publish(`user${user}`, i), undefined);
    assertEquals(publish(`user${user}`, 0), 500, "a user fills no more than a part of it");
  }
  assertEquals(publish("vader", 0), 500);
  while (journal.held.length > 0) {
    journal.fail();
    await settle();
  }
  await Promise.all(replies);
  assert(publications.publish(plain("vader"), [{ name: "a" }]) instanceof Promise);
});

Deno.test({
  name: "whatever the journal keeps and fails, replies, catalogue and journal agree",
  permissions: "none",
}, async () => {
  const change = fc.record({
    kind: fc.constantFrom("publish", "withdraw"),
    user: fc.constantFrom("hans", "vader"),
    names: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }),
    size: fc.nat(1),
  });
  const steps = fc.array(fc.oneof(
    { weight: 3, arbitrary: change },
    { weight: 1, arbitrary: fc.constantFrom("keep" as const, "fail" as const) },
  ));
  await fc.assert(fc.asyncProperty(steps, async (steps) => {
    const { journal, publications } = started();
    const model = new Map<string, number>();
    const checks: Promise<void>[] = [];
    for (const step of steps) {
      if (step === "keep") journal.keep();
      else if (step === "fail") journal.fail();
      if (typeof step === "string") await settle();
      if (typeof step === "string") continue;
      const { kind, user, names, size } = step;
      const name = names[0]!;
      const files = names.map((name) => ({ name, details: { size } }));
      const reply = kind === "publish"
        ? publications.publish(plain(user), files)
        : publications.withdraw(plain(user), name);
      // Replies come in the order of the changes of one publication; so does what they mean.
      checks.push(
        Promise.resolve(reply).then((reply) => {
          if (reply.kind === "published") {
            for (const name of names) model.set(`${user} ${name}`, size);
          }
          if (reply.kind === "unpublished") assert(model.delete(`${user} ${name}`));
          if (reply.kind === "not published") assert(!model.has(`${user} ${name}`));
        }),
      );
    }
    for (; journal.held.length > 0; await settle()) journal.keep();
    await Promise.all(checks);
    const expected = [...model].map(([file, size]) => `${file} ${size} -`).sort();
    assertEquals(foldOf(journal), expected);
    assertEquals(
      foldOf({ entries: () => entriesOf(publications) }),
      expected,
    );
  }));
});

function* entriesOf({ catalogue }: Publications) {
  for (const user of ["hans", "vader"]) {
    for (const name of ["a", "b", "c"].filter((name) => catalogue.has(user, name))) {
      const details = catalogue.detailsOf(user, name);
      yield { kind: "publish", user, name, details } as const;
    }
  }
}
