import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Catalogue } from "../../../lib/index/catalogue/catalogue.ts";
import { LETTERS_PER_USER, PUBLICATIONS_PER_USER } from "../../../lib/protocol/limits.ts";
import type { FileDetails } from "../../../lib/protocol/messages.ts";
import { searchFor } from "../../../lib/protocol/search_query.ts";

function publish(catalogue: Catalogue, user: string, name: string, details?: FileDetails): void {
  catalogue.apply({ kind: "publish", user, name, details });
}

function withdraw(catalogue: Catalogue, user: string, name: string): void {
  catalogue.apply({ kind: "withdraw", user, name });
}

function found(catalogue: Catalogue, ...words: string[]): string[] {
  return Array.from(catalogue.search(searchFor(words)), ([first]) => first!.name);
}

type Known = readonly [key: string, details: FileDetails | undefined];

function namesOf(catalogue: Catalogue, user: string): Known[] {
  return Array.from(catalogue.namesOf(user), ({ name, details }) => [name, details]);
}

function publishersOf(catalogue: Catalogue, name: string): Known[] {
  return Array.from(catalogue.publishersOf(name), ({ user, details }) => [user, details]);
}

/** Entries of which nothing more is known. */
function untold(...keys: string[]): Known[] {
  return keys.map((key) => [key, undefined]);
}

Deno.test({ name: "Catalogue is empty at first", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  assertEquals(namesOf(catalogue, "hans"), untold());
  assertEquals(publishersOf(catalogue, "a.txt"), untold());
  assertEquals(found(catalogue, ""), []);
});

Deno.test({ name: "Publishing is idempotent", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  publish(catalogue, "hans", "a.txt");
  publish(catalogue, "hans", "a.txt");
  assertEquals(namesOf(catalogue, "hans"), untold("a.txt"));
  assert(catalogue.has("hans", "a.txt"));
  withdraw(catalogue, "hans", "a.txt");
  assert(!catalogue.has("hans", "a.txt"));
  assertEquals(namesOf(catalogue, "hans"), untold());
});

Deno.test({ name: "Withdrawing again changes nothing", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  publish(catalogue, "hans", "a.txt");
  withdraw(catalogue, "hans", "a.txt");
  withdraw(catalogue, "hans", "a.txt");
  assertEquals(publishersOf(catalogue, "a.txt"), untold());
  assertEquals(found(catalogue, "a"), []);
});

Deno.test({
  name: "Withdrawing takes nothing from other publishers",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  publish(catalogue, "hans", "a.txt");
  withdraw(catalogue, "vader", "a.txt");
  publish(catalogue, "vader", "a.txt");
  withdraw(catalogue, "vader", "a.txt");
  assertEquals(publishersOf(catalogue, "a.txt"), untold("hans"));
  assertEquals(namesOf(catalogue, "hans"), untold("a.txt"));
});

Deno.test({
  name: "Catalogue keeps what was told last of a file, by each of its publishers",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  const [old, young] = [{ size: 1 }, { size: 2, id: "ab".repeat(32) }];
  publish(catalogue, "hans", "a.txt", old);
  publish(catalogue, "hans", "a.txt", young);
  publish(catalogue, "vader", "a.txt", old);
  publish(catalogue, "yoda", "a.txt");
  const publishers: Known[] = [["hans", young], ["vader", old], ["yoda", undefined]];
  assertEquals(publishersOf(catalogue, "a.txt"), publishers);
  const [first] = catalogue.search(searchFor(["a"]));
  assertEquals(Array.from(first!, ({ user, details }): Known => [user, details]), publishers);
  assertEquals(namesOf(catalogue, "hans"), [["a.txt", young]]);
  publish(catalogue, "hans", "a.txt");
  assertEquals(namesOf(catalogue, "hans"), untold("a.txt"));
});

Deno.test({
  name: "Catalogue.search() finds letter for letter, in any place of a name",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  for (const name of ["droids.mp4", "Droids.txt", "android.md"]) publish(catalogue, "hans", name);
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
  for (const name of ["old droids.mp4", "droids.txt", "old.mp4"]) publish(catalogue, "hans", name);
  assertEquals(found(catalogue, "mp4", "old"), ["old droids.mp4", "old.mp4"]);
  assertEquals(found(catalogue, "old", "droid", "mp4"), ["old droids.mp4"]);
  assertEquals(found(catalogue, "droid", "old", "z"), []);
  assertEquals(found(catalogue, "mp4 old"), []);
});

Deno.test({ name: "Catalogue keeps the words of JavaScript apart", permissions: "none" }, () => {
  const catalogue = new Catalogue();
  assertEquals(publishersOf(catalogue, "constructor"), untold());
  publish(catalogue, "__proto__", "constructor");
  assertEquals(namesOf(catalogue, "__proto__"), untold("constructor"));
  assertEquals(namesOf(catalogue, "toString"), untold());
});

Deno.test({
  name: "Catalogue.isFull() with 100,000 publications of one user",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue();
  for (let i = 0; i < PUBLICATIONS_PER_USER; i++) {
    assert(!catalogue.isFull("hans"));
    publish(catalogue, "hans", `${i}`);
  }
  assert(catalogue.isFull("hans"));
  assert(!catalogue.isFull("vader"));
  withdraw(catalogue, "hans", "0");
  assert(!catalogue.isFull("hans"));
});

Deno.test({
  name:
    "Catalogue.isFull() with 16 million letters in the names of one user, whoever else has them",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue(100_000);
  const name = (i: number) => `${String(i).padStart(200, "n")}`;
  for (let i = 0; i < LETTERS_PER_USER / 200; i++) {
    assert(!catalogue.isFull("hans"));
    publish(catalogue, "hans", name(i));
  }
  assert(catalogue.isFull("hans"));
  publish(catalogue, "vader", name(0));
  assert(!catalogue.isFull("vader"));
  publish(catalogue, "hans", name(0), { size: 1 });
  assert(catalogue.isFull("hans"), "what is told anew counts once");
  withdraw(catalogue, "hans", name(0));
  assert(!catalogue.isFull("hans"));
});

Deno.test({
  name: "Catalogue agrees with a plain list of publications",
  permissions: "none",
}, () => {
  const users = fc.constantFrom("hans", "vader", "yoda");
  const name = fc.constantFrom("a", "ab", "abc", "b", "__proto__");
  const steps = fc.array(fc.record({ publish: fc.boolean(), user: users, name }));
  fc.assert(fc.property(steps, (steps) => {
    const catalogue = new Catalogue();
    const list = new Set<string>();
    for (const { publish, user, name } of steps) {
      const entry = `${user} ${name}`;
      catalogue.apply({ kind: publish ? "publish" : "withdraw", user, name });
      if (publish) list.add(entry);
      else list.delete(entry);
      const pairs = [...list].map((entry) => entry.split(" "));
      const names = pairs.filter(([publisher]) => publisher === user).map(([, name]) => name!);
      assertEquals(namesOf(catalogue, user), untold(...names.sort()));
      const publishers = pairs.filter(([, other]) => other === name).map(([user]) => user!);
      assertEquals(publishersOf(catalogue, name), untold(...publishers));
      const matches = new Set(pairs.map(([, name]) => name!).filter((name) => name.includes("b")));
      assertEquals(found(catalogue, "b"), [...matches].sort());
    }
  }));
});
