import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { MAY_RUN } from "../support/permission.ts";
import { Program } from "../support/program.ts";

const PROGRAM = fromFileUrl(new URL("../support/failing_program.ts", import.meta.url));

for (const how of ["timer", "promise"]) {
  Deno.test(
    `what a ${how} throws ends the program without a stack`,
    { ignore: !MAY_RUN },
    async () => {
      await using program = new Program([Deno.execPath(), "run", "--quiet", PROGRAM, how]);
      const { code, stdout, stderr } = await program.finish();
      const said = "Stopped by an unexpected fault (oops): please report it, and what led to it\n";
      assertEquals([code, stdout, stderr], [1, "", said]);
    },
  );
}
