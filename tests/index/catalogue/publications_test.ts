import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { IN_MEMORY_JOURNAL } from "../../../lib/index/catalogue/journal.ts";
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
  const publications = new Publications(IN_MEMORY_JOURNAL);
  assertEquals(publications.publish(plain("hans"), "a", undefined), { kind: "published" });
  assertEquals(publications.withdraw(plain("hans"), "a"), { kind: "unpublished" });
  assertEquals(publications.withdraw(plain("hans"), "a"), { kind: "not published" });
});

Deno.test({
  name: "a publication is seen when it is kept, and gone when its withdrawal is",
  permissions: "none",
}, async () => {
  const { journal, publications } = started();
  const published = publications.publish(plain("hans"), "a", DETAILS);
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
    publications.publish(plain("hans"), "a", undefined),
    publications.publish(plain("hans"), "b", undefined),
  ];
  journal.fail();
  assertEquals(await Promise.all(replies), [UNSAVED, UNSAVED]);
  assert(!publications.catalogue.has("hans", "a") && !publications.catalogue.has("hans", "b"));
  const again = publications.publish(plain("hans"), "a", undefined);
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
      publications.publish(plain("hans"), "a", undefined),
      publications.withdraw(plain("hans"), "a"),
      publications.withdraw(plain("hans"), "a"),
      publications.publish(plain("vader"), "a", undefined),
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
  const first = publications.publish(plain("hans"), "a", DETAILS);
  const repeated = publications.publish(plain("hans"), "a", { ...DETAILS });
  journal.keep();
  assertEquals(await first, await repeated);
  assertEquals(journal.held, []);
  assertEquals(publications.publish(plain("hans"), "a", { ...DETAILS }), { kind: "published" });
  const changed = publications.publish(plain("hans"), "a", { ...DETAILS, size: 2 });
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
  const last = publications.publish(plain("hans"), "last", undefined);
  const kindOf = async (reply: Reply | Promise<Reply>) => (await reply).kind;
  assertEquals(await kindOf(publications.publish(plain("hans"), "more", undefined)), "error");
  assert(publications.publish(plain("vader"), "more", undefined) instanceof Promise);
  journal.fail();
  assertEquals(await last, UNSAVED);
  const again = publications.publish(plain("hans"), "more", undefined);
  journal.keep();
  assertEquals(await kindOf(again), "published");
});

Deno.test({
  name: "a disk that takes nothing in cannot fill the memory",
  permissions: "none",
}, async () => {
  const { journal, publications } = started();
  const { each, inAll } = CHANGES_AT_ONCE;
  const replies: unknown[] = [];
  const publish = (user: string, i: number) => {
    const reply = publications.publish(plain(user), `${i % 3}`, { size: i });
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
  assert(publications.publish(plain("vader"), "a", undefined) instanceof Promise);
});

Deno.test({
  name: "whatever the journal keeps and fails, replies, catalogue and journal agree",
  permissions: "none",
}, async () => {
  const change = fc.record({
    kind: fc.constantFrom("publish", "withdraw"),
    user: fc.constantFrom("hans", "vader"),
    name: fc.constantFrom("a", "b"),
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
      const { kind, user, name, size } = step;
      const reply = kind === "publish"
        ? publications.publish(plain(user), name, { size })
        : publications.withdraw(plain(user), name);
      // Replies come in the order of the changes of one publication; so does what they mean.
      checks.push(
        Promise.resolve(reply).then((reply) => {
          if (reply.kind === "published") model.set(`${user} ${name}`, size);
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
      foldOf({ ...IN_MEMORY_JOURNAL, entries: () => entriesOf(publications) }),
      expected,
    );
  }));
});

function* entriesOf({ catalogue }: Publications) {
  for (const user of ["hans", "vader"]) {
    for (const name of ["a", "b"].filter((name) => catalogue.has(user, name))) {
      const details = catalogue.detailsOf(user, name);
      yield { kind: "publish", user, name, details } as const;
    }
  }
}
