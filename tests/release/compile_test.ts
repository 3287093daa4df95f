import { assert, assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { compileCommand } from "../../release/compile.ts";
import { PROGRAMS, TARGETS } from "../../release/targets.ts";
import { MAY_RUN, MAY_USE_DISK } from "../support/permission.ts";

const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));

async function compileTask(): Promise<string[][]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(CONFIG));
  return tasks.compile.split(" && ").map((it: string) => it.split(" "));
}

Deno.test("executables are compiled as by the task, for each target", {
  ignore: !MAY_USE_DISK,
}, async () => {
  for (const { triple } of TARGETS) {
    const commands = (await compileTask()).map((it) => compileCommand(it, triple, "made"));
    const outputs = commands.map((it) => it[it.indexOf("--output") + 1]);
    assertEquals(outputs, PROGRAMS.map((name) => join("made", name)));
    for (const command of commands) {
      assertEquals(command.slice(1, 4), ["compile", "--target", triple]);
      assert(command.some((it) => it.startsWith("-P=")), "no permissions");
    }
  }
});

Deno.test("a task of another kind is not taken for one", () => {
  for (const line of ["", "deno run x.ts", "deno compile x.ts", "rm --output dist/x"]) {
    assertThrows(() => compileCommand(line.split(" "), "x", "made"), Error, "another kind");
  }
});

Deno.test("a wrong command line says what is right", { ignore: !MAY_RUN }, async () => {
  for (const args of [["--target", "pdp11"], ["--what"], ["more"]]) {
    const main = fromFileUrl(new URL("../../release/main.ts", import.meta.url));
    const words = ["run", "--quiet", `--config=${CONFIG}`, "-P=tests", main, ...args];
    const { code, stderr } = await new Deno.Command(Deno.execPath(), { args: words }).output();
    assertEquals(code, 2, new TextDecoder().decode(stderr));
  }
});
