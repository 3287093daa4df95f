import { assertEquals } from "@std/assert";
import { SaveFaults } from "../../lib/server/save_faults.ts";

Deno.test("a server cannot save as long as there is anything that it cannot", () => {
  const told: string[] = [];
  const faults = new SaveFaults({
    onFault: (reason) => told.push(reason),
    onRecovery: () => told.push("recovered"),
  });
  faults.note("sessions", undefined);
  faults.note("sessions", "full");
  faults.note("publications", "full, too");
  faults.note("sessions", undefined);
  faults.note("publications", "still full");
  assertEquals(told, ["full"]);
  faults.note("publications", undefined);
  faults.note("publications", undefined);
  assertEquals(told, ["full", "recovered"]);
});
