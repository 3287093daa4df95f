import { assertEquals } from "@std/assert";
import { inOwnWords } from "../../lib/client/aliases.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "commands of other programs have a name here", ...PURE }, () => {
  const own = (...words: string[]) => inOwnWords(words).join(" ");
  assertEquals([own("exit"), own("quit"), own("?"), own("ls", "hans")], [
    ...["xit", "xit", "help", "lpf hans"],
  ]);
  assertEquals([own("get", "exit"), own()], ["get exit", ""]);
});
