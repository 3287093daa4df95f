import { assertEquals } from "@std/assert";
import { PlainIndex, threeActive } from "../../support/plain_index.ts";
import { HANS, VADER } from "../../support/users.ts";

const NOT_LOGGED_IN = "Error: not logged in";

Deno.test({
  name: "a login with a wrong password or an unknown user is refused in the same words",
  permissions: "none",
}, () => {
  const index = new PlainIndex();
  assertEquals(index.ask("login hans x 5001", HANS), "Authentication failed. Please try again.");
  assertEquals(index.ask("login han h 5001", HANS), "Authentication failed. Please try again.");
  assertEquals(index.ask("lap hans", HANS), NOT_LOGGED_IN);
});

Deno.test(
  { name: "an active user cannot log in from another address", permissions: "none" },
  () => {
    const index = threeActive();
    const elsewhere = { hostname: "127.0.0.1", port: 49_999 };
    const refusal = "Authentication failed: user is already active";
    assertEquals(index.ask("login hans h 5001", elsewhere, 3_000), refusal);
    assertEquals(index.ask("login hans h 5001", { ...HANS, hostname: "::1" }, 3_000), refusal);
    assertEquals(index.ask("lap hans", elsewhere, 3_000), NOT_LOGGED_IN);
    assertEquals(index.ask("login hans h 5001", elsewhere, 3_001), "Welcome to BitTrickle!");
    assertEquals(index.ask("lap hans", HANS, 3_001), NOT_LOGGED_IN);
  },
);

Deno.test({ name: "a refused login does not keep its user active", permissions: "none" }, () => {
  const index = threeActive();
  index.ask("login hans h 5001", { ...HANS, port: 1 }, 2_000);
  assertEquals(index.ask("lap hans", HANS, 3_001), NOT_LOGGED_IN);
});

Deno.test(
  { name: "a login from the very address of the session replaces it", permissions: "none" },
  () => {
    const index = threeActive();
    index.ask("pub hans a.txt", HANS);
    assertEquals(index.ask("login hans h 6001", HANS, 1), "Welcome to BitTrickle!");
    assertEquals(index.ask("get vader a.txt", VADER, 1), "200 127.0.0.1 6001");
  },
);

Deno.test({
  name: "a second user's login at an address ends the first one's session there",
  permissions: "none",
}, () => {
  const index = threeActive();
  assertEquals(index.ask("login chewy c 5004", HANS), "Welcome to BitTrickle!");
  assertEquals(index.ask("lap hans", HANS), NOT_LOGGED_IN);
  assertEquals(index.ask("lap vader", VADER), "2 active peers:\nchewy\nyoda");
});

Deno.test({ name: "nobody speaks for another user", permissions: "none" }, () => {
  const index = threeActive();
  index.ask("pub hans a.txt", HANS);
  for (const verb of ["lap", "lpf", "pub", "unp", "sch", "get"]) {
    const argument = verb.startsWith("l") ? "" : " a.txt";
    assertEquals(index.ask(`${verb} hans${argument}`, VADER), NOT_LOGGED_IN);
    assertEquals(index.ask(`${verb} chewy${argument}`, VADER), NOT_LOGGED_IN);
  }
  assertEquals(index.ask("lpf hans", HANS), "1 file published:\na.txt");
  assertEquals(index.ask("lpf vader", VADER), "No files published");
});

Deno.test({
  name: "another user's heartbeat keeps nobody active and gets no reply",
  permissions: "none",
}, () => {
  const index = threeActive();
  assertEquals(index.ask("heartbeat hans", VADER, 2_000), undefined);
  assertEquals(index.ask("lap vader", VADER, 3_000), "2 active peers:\nhans\nyoda");
  assertEquals(index.ask("lap vader", VADER, 3_001), "No active peers");
});

Deno.test({
  name: "a user is active for exactly 3 s after a login, a heartbeat or any other request",
  permissions: "none",
}, () => {
  for (const request of ["login hans h 5001", "heartbeat hans", "lap hans", "unp hans a.txt"]) {
    const index = threeActive();
    index.ask(request, HANS, 1_500);
    assertEquals(index.index.knows(HANS, 4_500), true, request);
    assertEquals(index.index.knows(HANS, 4_501), false, request);
    assertEquals(index.ask("lap hans", HANS, 4_501), NOT_LOGGED_IN);
  }
});

Deno.test({
  name: "heartbeats get no reply, keep a user active and bring nobody back",
  permissions: "none",
}, () => {
  const index = threeActive();
  for (let now = 2_000; now <= 20_000; now += 2_000) {
    assertEquals(index.ask("heartbeat hans", HANS, now), undefined);
  }
  assertEquals(index.ask("lap hans", HANS, 23_000), "No active peers");
  assertEquals(index.ask("heartbeat hans", HANS, 26_001), undefined);
  assertEquals(index.ask("lap hans", HANS, 26_001), NOT_LOGGED_IN);
});

Deno.test({
  name: "failed logins are slowed down after five, until a success",
  permissions: "none",
}, () => {
  const index = new PlainIndex();
  const failure = "Authentication failed. Please try again.";
  for (let i = 0; i < 5; i++) assertEquals(index.ask("login hans x 5001", HANS), failure);
  const wait = "Error: too many attempts, try again in 2 s";
  assertEquals(index.ask("login hans h 5001", { ...HANS, port: 1 }, 0), wait);
  assertEquals(index.ask("login hans x 5001", HANS, 999), wait);
  assertEquals(index.ask("login hans h 5001", HANS, 1_999), wait.replace("2", "1"));
  assertEquals(index.ask("login vader v 5002", VADER, 1_999), "Welcome to BitTrickle!");
  assertEquals(index.ask("login hans x 5001", HANS, 2_000), failure);
  assertEquals(index.ask("login hans h 5001", HANS, 2_000), wait.replace("2", "4"));
  assertEquals(index.ask("login hans h 5001", HANS, 6_000), "Welcome to BitTrickle!");
  assertEquals(index.ask("login hans x 5001", HANS, 6_000), failure);
  assertEquals(index.ask("login hans h 5001", HANS, 6_000), "Welcome to BitTrickle!");
});

Deno.test(
  { name: "guessing at one host locks the user out nowhere else", permissions: "none" },
  () => {
    const index = new PlainIndex();
    const guesser = { hostname: "10.0.0.9", port: 1 };
    for (let i = 0; i < 20; i++) index.ask("login hans x 5001", guesser, i * 100_000);
    assertEquals(index.ask("login hans h 5001", HANS, 1_900_001), "Welcome to BitTrickle!");
  },
);
