/**
 * The status of an index, by the schema.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { randomBytes } from "node:crypto";
import { BitTrickleError } from "../../../lib/errors.ts";
import { Index } from "../../../lib/index/index.ts";
import { Invitations, type InvitationState } from "../../../lib/index/login/invitations.ts";
import { INVITATION_NAME_BYTES, invitationName } from "../../../lib/protocol/invitation.ts";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import type { Defer } from "../../../lib/index/long_work.ts";
import type { Request } from "../../../lib/protocol/messages.ts";
import { Counters } from "../../../lib/server/metrics/counters.ts";
import { LoopDelay } from "../../../lib/server/metrics/loop_delay.ts";
import { DiskUsage } from "../../../lib/server/status/disk_usage.ts";
import { FailedLogins } from "../../../lib/server/status/failed_logins.ts";
import { StatusBuilder } from "../../../lib/server/status/status_builder.ts";
import { atOnce } from "../../support/at_once.ts";
import { sealedAs } from "../../support/sealed_as.ts";
import { statusIn } from "../../support/status_schema.ts";
import { CREDENTIALS, HANS, VADER } from "../../support/users.ts";

const FILM = { id: "ab".repeat(32), size: 5_000_000 };
const FINGERPRINT = "c049-427b-fe4c-4da6-c93f-5c64-17bf-fe00";

/** A server without a socket, in which hans publishes a film and vader fetches it. */
class Watched implements AsyncDisposable {
  readonly index: Index;
  readonly counters = new Counters();
  readonly failedLogins = new FailedLogins();
  readonly loop = new LoopDelay();
  readonly builder: StatusBuilder;
  fault: string | undefined;

  constructor(defer?: Defer) {
    const credentials = `${CREDENTIALS}leia disabled:pw-leia\n`;
    this.index = new Index(Accounts.parse(credentials), defer ? { defer } : {});
    const { index, counters, failedLogins, loop } = this;
    const server = { version: "1", addresses: ["127.0.0.1:5000"], fingerprint: FINGERPRINT };
    const [disk, journalFault] = [new DiskUsage(undefined), () => this.fault];
    this.builder = new StatusBuilder({
      index,
      counters,
      failedLogins,
      loop,
      disk,
      journalFault,
      server,
    });
  }

  join(): this {
    const now = performance.now();
    const device = "laptop";
    this.index.admission.admit("hans", HANS, 1, now, {
      ...sealedAs("hans"),
      device,
      agent: "test/1",
    });
    this.index.admission.admit("vader", VADER, 1, now, sealedAs("vader"));
    this.ask("hans", { verb: "pub", name: "film \u202e.mp4", details: FILM });
    this.ask("vader", { verb: "progress", content: FILM, bytes: 1_000 });
    return this;
  }

  ask(name: string, request: object): void {
    const session = this.index.sealedSession(name)!;
    const whole = { ...request, user: session.user } as Request & { verb: "pub" };
    atOnce(this.index.serve(whole, session, performance.now()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.loop[Symbol.dispose]();
    await this.builder[Symbol.asyncDispose]();
  }
}

Deno.test("the status of an idle server is as the schema says", async () => {
  await using watched = new Watched();
  const status = statusIn(JSON.stringify(watched.builder.status()));
  assertEquals(status.users, { total: 5, disabled: 1, active: 0 });
  assertEquals([status.sessions.rows, status.load.requests, status.disk], [[], 0, {
    dataBytes: 0,
  }]);
});

Deno.test("the status shows who is there, what is shared and what is fetched", async () => {
  await using watched = new Watched().join();
  const status = statusIn(JSON.stringify(watched.builder.status()));
  assertEquals(status.users.active, 2);
  assertEquals(status.catalogue, { publications: 1, names: 1 });
  const [hans, vader] = status.sessions.rows;
  assertEquals([hans!.user, hans!.device, hans!.agent, hans!.publications], [
    ...["hans", "laptop", "test/1"],
    1,
  ]);
  assertEquals([vader!.user, vader!.address, vader!.protocol], ["vader", "127.0.0.1:40002", 2]);
  assert(Math.abs(Date.parse(hans!.since) - Date.now()) < 5_000, "since when it is there");
  const [film] = status.downloads.rows;
  assertEquals([film!.name, film!.id, film!.size], ["film \u202e.mp4", FILM.id, FILM.size]);
  const [vaders] = film!.holders.rows;
  assertEquals([vaders!.user, vaders!.bytes, film!.complete], ["vader", 1_000, 0]);
  assertEquals(film!.sources, { active: 1, total: 1 });
});

Deno.test("open invitations are told without what proves them, the next to end first", async () => {
  await using watched = new Watched();
  const invited = (user: string, expires: number, state: InvitationState = "open") => {
    const record = "R".repeat(256);
    return {
      name: invitationName(randomBytes(INVITATION_NAME_BYTES)),
      user,
      expires,
      state,
      record,
    };
  };
  const all = [
    ...[invited("rey", 2_000), invited("finn", 1_500), invited("poe", 999)],
    ...[invited("hans", 2_000), invited("rose", 2_000, "revoked")],
  ];
  const { index, builder } = watched;
  index.replaceAccounts(index.accounts, new Invitations(all, () => 1_000));
  const text = JSON.stringify(builder.status());
  assertEquals(statusIn(text).invitations, {
    total: 2,
    rows: [
      { user: "finn", expires: "1970-01-01T00:25:00.000Z" },
      { user: "rey", expires: "1970-01-01T00:33:20.000Z" },
    ],
  });
  for (const { name, record } of all) assert(!text.includes(name) && !text.includes(record));
});

Deno.test("failed logins and a disk that fails are told, until it works again", async () => {
  await using watched = new Watched();
  watched.failedLogins.hear({ kind: "unproven", from: HANS, user: "mallory" });
  watched.fault = "the disk is full";
  const { failedLogins, disk } = statusIn(JSON.stringify(watched.builder.status()));
  assertEquals([failedLogins.total, failedLogins.rows[0]!.user], [1, "mallory"]);
  assertEquals([disk.fault, watched.builder.fault()], ["the disk is full", "the disk is full"]);
  watched.fault = undefined;
  assertEquals(watched.builder.status().disk, { dataBytes: 0 });
});

Deno.test("a search shows what is served, page by page", async () => {
  await using watched = new Watched().join();
  for (let i = 0; i < 100; i++) watched.ask("hans", { verb: "pub", name: `sheet ${i} of the lab` });
  const film = await watched.builder.search("film");
  assertEquals(film, {
    rows: [{ name: "film \u202e.mp4", ...FILM, sources: { active: 1, total: 1 }, user: "hans" }],
    more: 0,
  });
  const found: string[] = [];
  for (let after: string | undefined = "";;) {
    const { rows, more, after: next }: Awaited<ReturnType<StatusBuilder["search"]>> = await watched
      .builder.search("sheet lab", after);
    found.push(...rows.map(({ name }) => name));
    if (more === 0) break;
    after = next;
  }
  assertEquals(new Set(found).size, 100);
});

Deno.test("what is no search is refused, and one too many, too", async () => {
  await using watched = new Watched(() => undefined).join();
  await assertRejects(() => watched.builder.search("size:small"), BitTrickleError, "no filter");
  await assertRejects(() => watched.builder.search("film"), BitTrickleError, "too much to do");
});

Deno.test("the metrics are those of the index", async () => {
  await using watched = new Watched().join();
  const text = await watched.builder.metrics();
  for (const line of ["sessions 2", "users 5", "publications 1", "downloads 1", "journal_up 1"]) {
    assert(text.includes(`\nbittrickle_${line}\n`), line);
  }
  assertThrows(() => statusIn("{}"));
});
