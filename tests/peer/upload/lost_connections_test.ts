/**
 * Uploads over connections that are lost, because their downloader or this machine is elsewhere now.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Admission } from "../../../lib/peer/upload/admission.ts";
import { LOST_UPLOAD_MS } from "../../../lib/peer/upload/upload_port.ts";
import { STALL_MS } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestUploads } from "../../support/test_uploads.ts";
import { waitFor } from "../../support/wait_for.ts";

const PURE = { permissions: "none" } as const;
const SIZE = 20_000_000;

Deno.test({ name: "a user who asks from another host is not at the old one", ...PURE }, () => {
  const admission = new Admission<string>();
  for (const [host, user] of [["a", "vader"], ["b", "yoda"], ["b", "vader"]] as const) {
    admission.enter(`${user} at ${host}`, host, 0);
    admission.welcome(`${user} at ${host}`, user);
  }
  assertEquals(admission.outdatedBy("vader at b"), ["vader at a"]);
  assertEquals(admission.outdatedBy("yoda at b"), []);
});

Deno.test({ name: "after this machine has moved, older connections may be lost", ...PURE }, () => {
  const admission = new Admission<string>();
  admission.enter("before", "a", 0, 1);
  admission.enter("after", "b", 1, 2);
  assertEquals(admission.outdatedBy("after"), ["before"]);
  assertEquals(admission.outdatedBy("before"), []);
});

Deno.test("a lost upload gives its place back soon after this machine has moved", {
  ignore: !MAY_USE_DISK,
}, async () => {
  let moves = 0;
  await using uploads = await TestUploads.open({ moves: () => moves });
  const { id } = await uploads.share("a", someBytes(SIZE));
  using _ = await uploads.occupy(uploads.pass("vader", id));
  await waitFor("the upload", () => uploads.uploads.running === 1);
  moves++;
  const pass = uploads.pass("yoda", id);
  using connection = await uploads.connect(pass);
  await connection.piece(0, 1_048_576, pass.ticket);
  const longestMs = (LOST_UPLOAD_MS + STALL_MS) / 2;
  await waitFor("its end", () => uploads.uploads.running === 0, longestMs);
});
