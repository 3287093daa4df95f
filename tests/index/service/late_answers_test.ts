import { assert, assertEquals } from "@std/assert";
import { HeldJournal } from "../../support/journals.ts";
import { TestService } from "../../support/test_service.ts";
import { HANS, VADER } from "../../support/users.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function started(): { journal: HeldJournal; service: TestService } {
  const journal = new HeldJournal();
  return { journal, service: new TestService(undefined, undefined, journal) };
}

Deno.test({
  name: "a sealed request that waits for the journal meets silence when it comes again, then the " +
    "same bytes as before",
  permissions: "none",
}, async () => {
  const { journal, service } = started();
  const hans = service.member("hans", HANS);
  const pub = hans.message({ verb: "pub", user: "hans", name: "a.txt" });
  const answer = service.sendAndGoOn(pub, HANS);
  for (let i = 0; i < 3; i++) assertEquals(service.send(pub, HANS), undefined);
  assertEquals(service.published("hans", hans), [], "reading goes on, and shows what is kept");
  assertEquals(journal.held.length, 1);
  journal.keep();
  const bytes = await answer;
  assertEquals(hans.read("pub", bytes), { kind: "published" });
  for (let i = 0; i < 3; i++) assertEquals(service.send(pub, HANS), bytes);
  assertEquals(journal.held, []);
  assertEquals(service.published("hans", hans), ["a.txt"]);
});

Deno.test({
  name: "a failed save is told with code 500 and the cause, over both protocols",
  permissions: "none",
}, async () => {
  const { journal, service } = started();
  const hans = service.member("hans", HANS);
  service.sendPlain("login vader pw-vader 5000", VADER);
  const sealed = service.sendAndGoOn(hans.message({ verb: "pub", user: "hans", name: "a" }), HANS);
  const plain = service.sendAndGoOn(encode("pub vader a"), VADER);
  journal.fail();
  const reason = "the index cannot save this: the disk is full";
  assertEquals(hans.read("pub", await sealed), { kind: "error", code: 500, reason });
  assertEquals(decode(await plain), `Error: ${reason}`);
  const failed = service.events.filter(({ kind }) => kind === "failed");
  assertEquals(failed.length, 2, "the log tells it");
  const again = service.sendAndGoOn(encode("pub vader a"), VADER);
  journal.keep();
  assertEquals(decode(await again), "File published successfully");
});

Deno.test({
  name: "an answer that comes when its number has left the window is not kept",
  permissions: "none",
}, async () => {
  const { journal, service } = started();
  const hans = service.member("hans", HANS);
  const pub = hans.message({ verb: "pub", user: "hans", name: "a" });
  const answer = service.sendAndGoOn(pub, HANS);
  for (let i = 0; i < 16; i++) hans.heartbeat();
  journal.keep();
  assert(hans.read("pub", await answer));
  assertEquals(service.send(pub, HANS), undefined);
});

Deno.test({
  name: "what a session was told to save is saved, even if it ends meanwhile",
  permissions: "none",
}, async () => {
  const { journal, service } = started();
  const hans = service.member("hans", HANS);
  const vader = service.member("vader", VADER);
  const answer = service.sendAndGoOn(hans.message({ verb: "pub", user: "hans", name: "a" }), HANS);
  hans.ask({ verb: "bye", user: "hans" });
  journal.keep();
  await answer;
  assertEquals(service.published("hans", vader), ["a"]);
});
