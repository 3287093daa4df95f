/**
 * Who has to go from an upload port that is full, with time as a number.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Admission } from "../../../lib/peer/upload/admission.ts";
import { ASKING_CONNECTIONS, UPLOAD_CONNECTIONS } from "../../../lib/protocol/limits.ts";

const PURE = { permissions: "none" } as const;

function enter(admission: Admission<string>, count: number, host: string): void {
  for (let i = 0; i < count; i++) admission.enter(`${host} ${i}`, host, i);
}

Deno.test(
  { name: "the oldest connection without a ticket is closed for the next", ...PURE },
  () => {
    const admission = new Admission<string>();
    enter(admission, ASKING_CONNECTIONS - 1, "a");
    assertEquals(admission.superfluous, undefined);
    enter(admission, ASKING_CONNECTIONS, "a");
    assertEquals(admission.superfluous, { connection: "a 0", since: 0 });
    admission.leave("a 0");
    assertEquals(admission.superfluous, undefined);
  },
);

Deno.test({ name: "a host with many connections without a ticket loses its own", ...PURE }, () => {
  const admission = new Admission<string>();
  enter(admission, 3, "b");
  enter(admission, ASKING_CONNECTIONS - 3, "a");
  assertEquals(admission.superfluous?.connection, "a 0");
});

Deno.test(
  { name: "a connection that has shown a ticket is not closed for others", ...PURE },
  () => {
    const admission = new Admission<string>();
    enter(admission, ASKING_CONNECTIONS, "a");
    assertEquals(admission.welcome("a 0", "vader"), undefined);
    assertEquals(admission.superfluous, undefined);
    admission.enter("a new", "a", 1_000);
    assertEquals(admission.superfluous?.connection, "a 1");
  },
);

Deno.test({ name: "of too many downloaders, the one who has most loses one", ...PURE }, () => {
  const admission = new Admission<string>();
  enter(admission, UPLOAD_CONNECTIONS + 2, "a");
  const all = Array.from({ length: UPLOAD_CONNECTIONS - 1 }, (_, i) => `a ${i}`);
  for (const connection of all) {
    assertEquals(admission.welcome(connection, "vader"), undefined);
    admission.change(connection, "serving");
  }
  assertEquals(admission.hasRoom, true);
  admission.change("a 7", "idle");
  admission.welcome(`a ${UPLOAD_CONNECTIONS - 1}`, "yoda");
  assertEquals(admission.hasRoom, false);
  assertEquals(admission.welcome(`a ${UPLOAD_CONNECTIONS}`, "yoda"), "a 7", "an idle one first");
  admission.leave("a 7");
  const last = `a ${UPLOAD_CONNECTIONS - 2}`;
  assertEquals(admission.welcome(`a ${UPLOAD_CONNECTIONS + 1}`, "yoda"), last, "then the latest");
});

Deno.test({ name: "downloads in clear count as connections, and are not cut off", ...PURE }, () => {
  const admission = new Admission<string>();
  enter(admission, UPLOAD_CONNECTIONS + 1, "a");
  for (let i = 0; i < UPLOAD_CONNECTIONS; i++) admission.change(`a ${i}`, "serving");
  assertEquals([admission.hasRoom, admission.waiting], [false, [`a ${UPLOAD_CONNECTIONS}`]]);
  const newcomer = `a ${UPLOAD_CONNECTIONS}`;
  assertEquals(admission.welcome(newcomer, "vader"), newcomer);
});
