/**
 * An index of its own; every line of input measures it once. `load.ts <names>`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { linesOf } from "../lines.ts";
import { CostMeter } from "./costs.ts";

const meter = new CostMeter(Number(Deno.args[0]));
for await (const _ of linesOf(Deno.stdin.readable)) {
  toStdout(`${JSON.stringify(meter.measure())}\n`);
}
