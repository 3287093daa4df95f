import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Catalogue } from "../../lib/index/catalogue.ts";
import { PUBLICATIONS_PER_USER } from "../../lib/protocol/limits.ts";

function found(catalogue: Catalogue, text: string): string[] {
  return [...catalogue.search(text)].map(([name]) => name).sort();
}

Deno.test({ name: "Catalogue is empty at first", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  assertEquals(catalogue.namesOf("hans"), []);
  assertEquals(catalogue.publishersOf("a.txt"), new Set());
  assertEquals(found(catalogue, ""), []);
});

Deno.test({ name: "Catalogue.publish() is idempotent", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  assert(catalogue.publish("hans", "a.txt"));
  assert(catalogue.publish("hans", "a.txt"));
  assertEquals(catalogue.namesOf("hans"), ["a.txt"]);
  assert(catalogue.withdraw("hans", "a.txt"));
  assertEquals(catalogue.namesOf("hans"), []);
});

Deno.test({ name: "Catalogue.withdraw() works once", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  catalogue.publish("hans", "a.txt");
  assert(catalogue.withdraw("hans", "a.txt"));
  assert(!catalogue.withdraw("hans", "a.txt"));
  assertEquals(catalogue.publishersOf("a.txt"), new Set());
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
  assertEquals(catalogue.publishersOf("a.txt"), new Set(["hans"]));
  assertEquals(catalogue.namesOf("hans"), ["a.txt"]);
});

Deno.test({ name: "Catalogue.namesOf() is sorted", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  for (const name of ["b", "B", "a10", "é", "a2", "_"]) catalogue.publish("hans", name);
  assertEquals(catalogue.namesOf("hans"), ["B", "_", "a10", "a2", "b", "é"]);
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

Deno.test({ name: "Catalogue keeps the words of JavaScript apart", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  assertEquals(catalogue.publishersOf("constructor"), new Set());
  catalogue.publish("__proto__", "constructor");
  assertEquals(catalogue.namesOf("__proto__"), ["constructor"]);
  assertEquals(catalogue.namesOf("toString"), []);
});

Deno.test({
  name: "Catalogue.publish() lets one user have 100,000 publications and no more",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  for (let i = 0; i < PUBLICATIONS_PER_USER; i++) assert(catalogue.publish("hans", `${i}`));
  assertEquals(catalogue.namesOf("hans").length, 100_000);
  assert(!catalogue.publish("hans", "one more"));
  assertEquals(catalogue.publishersOf("one more"), new Set());
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
      const namesOf = pairs.filter(([publisher]) => publisher === user).map(([, name]) => name);
      assertEquals(catalogue.namesOf(user) as unknown[], namesOf.sort());
      const publishers = pairs.filter(([, other]) => other === name).map(([user]) => user!);
      assertEquals(catalogue.publishersOf(name), new Set(publishers));
      const matches = new Set(pairs.map(([, name]) => name!).filter((name) => name.includes("b")));
      assertEquals(found(catalogue, "b"), [...matches].sort());
    }
  }));
});
