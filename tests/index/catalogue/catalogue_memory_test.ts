import { assert } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { MAY_RUN } from "../../support/permission.ts";

/** What an index of a million publications has room for. */
const MOST_BYTES = 260;

Deno.test({
  name: "a publication takes at most 260 bytes of memory",
  ignore: !MAY_RUN,
  fn: async () => {
    const script = fromFileUrl(new URL("../../support/catalogue_memory.ts", import.meta.url));
    const args = ["run", "--v8-flags=--expose-gc", script];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    const bytes = Number(new TextDecoder().decode(stdout) || NaN);
    assert(bytes <= MOST_BYTES, `${bytes} bytes; ${new TextDecoder().decode(stderr)}`);
  },
});
