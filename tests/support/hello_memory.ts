/**
 * A program of its own, run with `--v8-flags=--expose-gc`: prints by how many bytes the memory of a
 * service has grown after 100,000 forged hellos from as many addresses.
 *
 * @module
 */

import { ready, server } from "@serenity-kit/opaque";
import { toStdout } from "../../lib/cli/write.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import { LoginRecords } from "../../lib/index/login/login_records.ts";
import { Service } from "../../lib/index/service/service.ts";
import { forgedHellos } from "./forged_hellos.ts";

const WARM_UP = 10_000;
const FORGED = 100_000;

/** Bytes that are still in use after everything that is not has been collected. */
function usedBytes(): number {
  const { gc } = globalThis as unknown as { gc: () => void };
  for (let i = 0; i < 3; i++) gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

if (import.meta.main) {
  await ready;
  const setup = server.createSetup();
  const index = new Index(Accounts.parse("hans pw-hans"));
  const service = new Service(index, { setup, instance: "", records: new LoginRecords(setup) });
  const hellos = forgedHellos(100);
  const flood = (from: number, count: number) => {
    for (let i = from; i < from + count; i++) {
      const address = { hostname: `127.0.${i >> 8 & 255}.${i & 255}`, port: 1_024 + i % 60_000 };
      service.answer(hellos[i % hellos.length]!, address, i / 100);
    }
  };
  flood(0, WARM_UP);
  const before = usedBytes();
  flood(WARM_UP, FORGED);
  toStdout(String(usedBytes() - before));
}
