import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError, reasonOf } from "../../lib/errors.ts";
import { readText } from "../../lib/files/text_file.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

Deno.test("text is UTF-8, or UTF-16 with a byte order mark", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const utf16 = Uint8Array.of(0xff, 0xfe, 0x61, 0x00);
  assertEquals(await readText(await folder.write("a", "\u00fc")), "\u00fc");
  assertEquals(await readText(await folder.write("b", utf16)), "a");
});

Deno.test("what is no text is an error of our own", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  for (const bytes of [Uint8Array.of(0x80), Uint8Array.of(0x61, 0x00)]) {
    const path = await folder.write("a", bytes);
    const error = await assertRejects(() => readText(path), BitTrickleError, "it is not UTF-8");
    assertEquals(error.code, "usage");
  }
});

Deno.test("a path that the system does not accept is not taken for a file of no text", {
  ignore: !MAY_USE_DISK,
}, async () => {
  const error = await readText("a\0b").then(() => undefined, (error) => error);
  assert(!(error instanceof BitTrickleError));
  assertEquals(reasonOf(error), "the system does not accept it");
});
