import { assertEquals } from "@std/assert";
import { VERBS } from "../../lib/client/commands.ts";
import { commandMeantBy, inOwnWords } from "../../lib/client/aliases.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "commands of other programs have a name here", ...PURE }, () => {
  const own = (...words: string[]) => inOwnWords(words).join(" ");
  assertEquals([own("exit"), own("quit"), own("bye"), own("?"), own("ls", "hans")], [
    ...["xit", "xit", "xit", "help", "lpf hans"],
  ]);
  assertEquals([own("get", "exit"), own()], ["get exit", ""]);
});

Deno.test(
  { name: "a command that is called otherwise elsewhere is named, as is a typo", ...PURE },
  () => {
    const meant = (word: string) => commandMeantBy(word, VERBS);
    assertEquals(["publish", "unpublish", "search", "download", "peers", "Dir"].map(meant), [
      ...["pub", "unp", "sch", "get", "lap", "lpf"],
    ]);
    assertEquals([meant("shar"), meant("frobnicate"), meant("__proto__")], [
      ...["share", undefined, undefined],
    ]);
  },
);
