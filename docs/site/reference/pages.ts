/**
 * The pages of the reference that are made from the code.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { CLIENT_MANUAL } from "../../../lib/client/manual.ts";
import { SERVER_MANUAL } from "../../../lib/server/manual.ts";
import { exitCodesPage } from "./exit_codes_page.ts";
import { jsonPage } from "./json_page.ts";
import { metricsPage } from "./metrics_page.ts";
import { programPage } from "./program_page.ts";

const ROOT = fromFileUrl(new URL("../../../", import.meta.url));

/** What each of them says, by its path from the root of the repository. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const pages = Object.entries({
    client: programPage(CLIENT_MANUAL),
    server: programPage(SERVER_MANUAL),
    "exit-codes": exitCodesPage([CLIENT_MANUAL, SERVER_MANUAL]),
    json: jsonPage(),
    metrics: metricsPage(),
  });
  const texts = await Promise.all(pages.map(async ([name, lines]): Promise<[string, string]> => {
    return [`docs/reference/${name}.md`, await formatted(lines.join("\n"))];
  }));
  return new Map(texts);
}

/** `text` as `deno fmt` leaves it, which looks at these pages, too. */
async function formatted(text: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=md", "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  });
  await using program = command.spawn();
  const input = program.stdin.getWriter();
  await input.write(new TextEncoder().encode(text));
  await input.close();
  return new TextDecoder().decode((await program.output()).stdout);
}
