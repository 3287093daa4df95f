import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Catalogue, type Publishers } from "../../lib/index/catalogue.ts";
import { PUBLICATIONS_PER_USER } from "../../lib/protocol/limits.ts";

function found(catalogue: Catalogue, ...words: string[]): string[] {
  return [...catalogue.search(words)].map(([name]) => name).sort();
}

/** Entries of which nothing more is known. */
function untold(...keys: string[]): Publishers {
  return new Map(keys.map((key) => [key, undefined]));
}

Deno.test({ name: "Catalogue is empty at first", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  assertEquals(catalogue.namesOf("hans"), untold());
  assertEquals(catalogue.publishersOf("a.txt"), untold());
  assertEquals(found(catalogue, ""), []);
});

Deno.test({ name: "Catalogue.publish() is idempotent", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  assert(catalogue.publish("hans", "a.txt"));
  assert(catalogue.publish("hans", "a.txt"));
  assertEquals(catalogue.namesOf("hans"), untold("a.txt"));
  assert(catalogue.withdraw("hans", "a.txt"));
  assertEquals(catalogue.namesOf("hans"), untold());
});

Deno.test({ name: "Catalogue.withdraw() works once", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  catalogue.publish("hans", "a.txt");
  assert(catalogue.withdraw("hans", "a.txt"));
  assert(!catalogue.withdraw("hans", "a.txt"));
  assertEquals(catalogue.publishersOf("a.txt"), untold());
  assertEquals(found(catalogue, "a"), []);
});

Deno.test({
  name: "Catalogue.withdraw() takes nothing from other publishers",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  catalogue.publish("hans", "a.txt");
  assert(!catalogue.withdraw("vader", "a.txt"));
  catalogue.publish("vader", "a.txt");
  assert(catalogue.withdraw("vader", "a.txt"));
  assertEquals(catalogue.publishersOf("a.txt"), untold("hans"));
  assertEquals(catalogue.namesOf("hans"), untold("a.txt"));
});

Deno.test({
  name: "Catalogue.publish() keeps what was told last of a file, by each of its publishers",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  const [old, young] = [{ size: 1, id: "-" }, { size: 2, id: "ab".repeat(32) }];
  catalogue.publish("hans", "a.txt", old);
  catalogue.publish("hans", "a.txt", young);
  catalogue.publish("vader", "a.txt", old);
  catalogue.publish("yoda", "a.txt");
  const publishers = new Map([["hans", young], ["vader", old], ["yoda", undefined]]);
  assertEquals(catalogue.publishersOf("a.txt"), publishers);
  assertEquals([...catalogue.search(["a"])], [["a.txt", publishers]]);
  assertEquals(catalogue.namesOf("hans"), new Map([["a.txt", young]]));
  catalogue.publish("hans", "a.txt");
  assertEquals(catalogue.namesOf("hans"), untold("a.txt"));
});

Deno.test({
  name: "Catalogue.search() finds letter for letter, in any place of a name",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  for (const name of ["droids.mp4", "Droids.txt", "android.md"]) catalogue.publish("hans", name);
  assertEquals(found(catalogue, "droid"), ["android.md", "droids.mp4"]);
  assertEquals(found(catalogue, "Droid"), ["Droids.txt"]);
  assertEquals(found(catalogue, "."), ["Droids.txt", "android.md", "droids.mp4"]);
  assertEquals(found(catalogue, "^droids"), []);
  assertEquals(found(catalogue, "droids.mp4"), ["droids.mp4"]);
  assertEquals(found(catalogue, "droids.mp45"), []);
});

Deno.test({
  name: "Catalogue.search() finds names that contain every word, in any order",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  for (const name of ["old droids.mp4", "droids.txt", "old.mp4"]) catalogue.publish("hans", name);
  assertEquals(found(catalogue, "mp4", "old"), ["old droids.mp4", "old.mp4"]);
  assertEquals(found(catalogue, "old", "droid", "mp4"), ["old droids.mp4"]);
  assertEquals(found(catalogue, "droid", "old", "z"), []);
  assertEquals(found(catalogue, "mp4 old"), []);
});

Deno.test({ name: "Catalogue keeps the words of JavaScript apart", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  assertEquals(catalogue.publishersOf("constructor"), untold());
  catalogue.publish("__proto__", "constructor");
  assertEquals(catalogue.namesOf("__proto__"), untold("constructor"));
  assertEquals(catalogue.namesOf("toString"), untold());
});

Deno.test({
  name: "Catalogue.publish() lets one user have 100,000 publications and no more",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  for (let i = 0; i < PUBLICATIONS_PER_USER; i++) assert(catalogue.publish("hans", `${i}`));
  assertEquals(catalogue.namesOf("hans").size, 100_000);
  assert(!catalogue.publish("hans", "one more"));
  assertEquals(catalogue.publishersOf("one more"), untold());
  assert(catalogue.publish("hans", "0"), "again");
  assert(catalogue.publish("vader", "one more"), "another user");
  assert(catalogue.withdraw("hans", "0"));
  assert(catalogue.publish("hans", "one more"), "after a withdrawal");
  assert(!catalogue.publish("hans", "0"), "full again");
});

Deno.test({
  name: "Catalogue agrees with a plain list of publications",
  permissions: "none",
}, () => {
  const users = fc.constantFrom("hans", "vader", "yoda");
  const names = fc.constantFrom("a", "ab", "abc", "b", "__proto__");
  const steps = fc.array(fc.record({ publish: fc.boolean(), user: users, name: names }));
  fc.assert(fc.property(steps, (steps) => {
    const catalogue = new Catalogue();
    const list = new Set<string>();
    for (const { publish, user, name } of steps) {
      const entry = `${user} ${name}`;
      if (publish) assert(catalogue.publish(user, name) && list.add(entry));
      else assertEquals(catalogue.withdraw(user, name), list.delete(entry));
      const pairs = [...list].map((entry) => entry.split(" "));
      const namesOf = pairs.filter(([publisher]) => publisher === user).map(([, name]) => name!);
      assertEquals(catalogue.namesOf(user), untold(...namesOf));
      const publishers = pairs.filter(([, other]) => other === name).map(([user]) => user!);
      assertEquals(catalogue.publishersOf(name), untold(...publishers));
      const matches = new Set(pairs.map(([, name]) => name!).filter((name) => name.includes("b")));
      assertEquals(found(catalogue, "b"), [...matches].sort());
    }
  }));
});
