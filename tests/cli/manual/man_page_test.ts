import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { manPage } from "../../../lib/cli/manual/man_page.ts";
import type { ProgramManual } from "../../../lib/cli/manual/manual.ts";
import { CLIENT_MANUAL } from "../../../lib/client/manual.ts";
import { SERVER_MANUAL } from "../../../lib/server/manual.ts";
import { canRun } from "../../support/permission.ts";

const HAS_GROFF = await canRun("groff", "--version");

/** What a terminal shows of a page, and what groff has to say against it. */
async function format(page: readonly string[]): Promise<{ text: string; warnings: string }> {
  const args = ["-man", "-Tascii", "-ww", "-P-c", "-P-b", "-P-u", "-rLL=200n"];
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  await using child = new Deno.Command("groff", { args, ...pipes }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${page.join("\n")}\n`));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { text: decoder.decode(stdout), warnings: decoder.decode(stderr) };
}

for (const manual of [CLIENT_MANUAL, SERVER_MANUAL]) {
  Deno.test(
    `the page of ${manual.name} is one without warnings`,
    { ignore: !HAS_GROFF },
    async () => {
      const { text, warnings } = await format(manPage(manual));
      assertEquals(warnings, "");
      for (const { name, flags, examples } of manual.commands) {
        assertStringIncludes(text, `\n   ${name}\n`);
        for (const flag of [...flags, ...manual.flags]) {
          assertStringIncludes(text, `--${flag.name}`);
        }
        for (const { line } of examples) {
          assertStringIncludes(text, line);
        }
      }
    },
  );
}

const COMMANDS_OF_ROFF = [".so /etc/passwd", "'br", "\\*(x", 'a "b" c', "-- ~/x ^ `x`", "...", "…"];

Deno.test("no text of the table is a command of the page", { ignore: !HAS_GROFF }, async () => {
  for (const text of COMMANDS_OF_ROFF) {
    const row: [string, string] = [text, text];
    const manual: ProgramManual = {
      name: "program",
      version: "1",
      summary: "x",
      forms: ["x"],
      details: [text],
      flags: [],
      commands: [],
      examples: [{ line: text, text: `x ${text}` }],
      sections: [{ title: "Files", rows: [row] }],
    };
    const page = await format(manPage(manual));
    assertEquals(page.warnings, "");
    const times = page.text.split(text.replace("…", "...")).length - 1;
    assert(times >= 5, `${text} is there ${times} times:\n${page.text}`);
  }
});
