import { assertEquals } from "@std/assert";
import { threeActive } from "../support/plain_index.ts";
import { HANS, VADER, YODA } from "../support/users.ts";

Deno.test({
  name: "publications outlive sessions, but nobody is sent to a source that is gone",
  permissions: "none",
}, () => {
  const index = threeActive();
  index.ask("pub hans a.txt", HANS);
  index.ask("heartbeat vader", VADER, 3_000);
  assertEquals(index.ask("get vader a.txt", VADER, 3_000), "200 127.0.0.1 5001");
  assertEquals(index.ask("get vader a.txt", VADER, 3_001), "File not found");
  assertEquals(index.ask("sch vader a", VADER, 3_001), "No files found");
  index.ask("login hans h 6001", { ...HANS, port: 49_999 }, 5_000);
  assertEquals(index.ask("lpf hans", { ...HANS, port: 49_999 }, 5_000), "1 file published:\na.txt");
  assertEquals(index.ask("get vader a.txt", VADER, 5_000), "200 127.0.0.1 6001");
});

Deno.test({ name: "pub is idempotent, and unp works once", permissions: "none" }, () => {
  const index = threeActive();
  assertEquals(index.ask("pub hans a.txt", HANS), "File published successfully");
  assertEquals(index.ask("pub hans a.txt", HANS), "File published successfully");
  assertEquals(index.ask("lpf hans", HANS), "1 file published:\na.txt");
  assertEquals(index.ask("unp vader a.txt", VADER), "File unpublication failed");
  assertEquals(index.ask("unp hans a.txt", HANS), "File unpublished successfully");
  assertEquals(index.ask("unp hans a.txt", HANS), "File unpublication failed");
  assertEquals(index.ask("lpf hans", HANS), "No files published");
});

Deno.test(
  { name: "the 100,001st publication is refused with a reason", permissions: "none" },
  () => {
    const index = threeActive();
    for (let i = 0; i < 100_000; i++) {
      assertEquals(index.ask(`pub hans ${i}`, HANS, i), "File published successfully");
    }
    const later = 100_000;
    assertEquals(index.ask("pub hans a.txt", HANS, later), "Error: too many publications");
    assertEquals(index.ask("pub hans 99999", HANS, later), "File published successfully");
    const full = { verb: "pub", user: "hans", name: "a.txt" } as const;
    const refusal = { kind: "error", code: 413, reason: "too many publications" } as const;
    assertEquals(index.index.handle(full, HANS, later), refusal);
  },
);

Deno.test({ name: "lpf is sorted", permissions: "none" }, () => {
  const index = threeActive();
  for (const name of ["b", "B", "a10", "é", "a2", "_"]) index.ask(`pub hans ${name}`, HANS);
  assertEquals(index.ask("lpf hans", HANS), "6 files published:\nB\n_\na10\na2\nb\né");
});

Deno.test({ name: "lap leaves out the asker and is sorted", permissions: "none" }, () => {
  const index = threeActive();
  assertEquals(index.ask("lap vader", VADER), "2 active peers:\nhans\nyoda");
  index.ask("login chewy c 5004", { hostname: "10.0.0.1", port: 1 });
  assertEquals(index.ask("lap vader", VADER), "3 active peers:\nchewy\nhans\nyoda");
});

Deno.test({
  name: "sch is case sensitive, sorted, and leaves out what the asker publishes",
  permissions: "none",
}, () => {
  const index = threeActive();
  for (const name of ["b-roid", "a-roid", "a-Roid"]) index.ask(`pub hans ${name}`, HANS);
  index.ask("pub vader a-roid", VADER);
  assertEquals(index.ask("sch yoda roid", YODA), "2 files found:\na-roid\nb-roid");
  assertEquals(index.ask("sch yoda Roid", YODA), "1 file found:\na-Roid");
  assertEquals(index.ask("sch vader roid", VADER), "1 file found:\nb-roid");
  assertEquals(index.ask("sch hans roid", HANS), "No files found");
});

Deno.test({ name: "get never sends the asker to the asker", permissions: "none" }, () => {
  const index = threeActive();
  index.ask("pub hans a.txt", HANS);
  assertEquals(index.ask("get hans a.txt", HANS), "File not found");
  index.ask("pub vader a.txt", VADER);
  for (let i = 0; i < 4; i++) {
    assertEquals(index.ask("get hans a.txt", HANS), "200 127.0.0.1 5002");
  }
});

Deno.test({ name: "get lets several sources take turns", permissions: "none" }, () => {
  const index = threeActive();
  index.ask("pub hans a.txt", HANS);
  index.ask("pub vader a.txt", VADER);
  const answers = Array.from({ length: 10 }, () => index.ask("get yoda a.txt", YODA));
  const byHans = answers.filter((answer) => answer === "200 127.0.0.1 5001").length;
  const byVader = answers.filter((answer) => answer === "200 127.0.0.1 5002").length;
  assertEquals([byHans, byVader], [5, 5]);
  for (const [i, answer] of answers.entries()) assertEquals(answer === answers[i + 1], false);
});

Deno.test({
  name: "get sends nobody elsewhere to a source that only this machine reaches",
  permissions: "none",
}, () => {
  const index = threeActive();
  const lan = { hostname: "192.168.1.7", port: 40_000 };
  index.ask("login chewy c 5004", lan);
  index.ask("pub hans a.txt", HANS);
  assertEquals(index.ask("get chewy a.txt", lan), "File not found");
  index.ask("pub chewy b.txt", lan);
  assertEquals(index.ask("get hans b.txt", HANS), "200 192.168.1.7 5004");
});
