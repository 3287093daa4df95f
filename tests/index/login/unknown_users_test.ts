import { assert, assertEquals } from "@std/assert";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { registerPassword } from "../../../lib/index/login/login_records.ts";
import { encodeSealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import { decoded, ServiceClient, SETUP, TestService } from "../../support/test_service.ts";
import { HANS } from "../../support/users.ts";

const RECORD = registerPassword(SETUP, "yoda", "use-the-force", "light");
/** Passwords in clear and not. All names are of one length. */
const MIXED = `hans pw-hans\nyoda opaque:2:${RECORD}\nluke disabled:pw-luke`;
const UNKNOWN = ["none", "nope", "Hans", "luke"];

/** Kinds, lengths and stretching of all that `user` is answered until a wrong proof, in a line. */
function shapeOf(service: TestService, user: string): string {
  const member = new ServiceClient(service, user, HANS, "wrong");
  const retry = service.send(member.hello(), HANS);
  const challenge = service.send(member.provenHello(), HANS);
  const content = decoded(challenge);
  assert(content?.kind === "challenge");
  const { cookie, ke2, signature, stretching } = content;
  const [ke3, box] = ["A".repeat(86), new Uint8Array(80)];
  const login = encodeSealedDatagram({ kind: "login", cookie, ke3, box });
  const end = decoded(service.send(login, HANS))?.kind;
  const lengths = [retry, challenge, cookie, ke2, signature].map((part) => part!.length);
  return [...lengths, stretching, end].join(" ");
}

/** The shape without what depends on how a password is kept. */
function bare(shape: string): string {
  return shape.replace(/light|strong/, "").replace(/^(\d+) \d+/, "$1");
}

Deno.test({
  name: "known, unknown and disabled users get the same kinds and lengths of answers",
  permissions: "none",
}, () => {
  const service = new TestService(MIXED);
  const shapes = ["hans", "yoda", ...UNKNOWN].map((user) => shapeOf(service, user));
  assertEquals(new Set(shapes.map(bare)).size, 1, shapes.join("\n"));
  const known = new Set(shapes.slice(0, 2));
  for (const shape of shapes) assert(known.has(shape), shape);
});

Deno.test({
  name: "the shape of an unknown user's answers stays, whoever is added, removed or restarted",
  permissions: "none",
}, () => {
  const before = UNKNOWN.map((user) => shapeOf(new TestService(MIXED), user));
  const more = Array.from(
    { length: 50 },
    (_, i) => `user${i} ${i % 2 ? "x" : `opaque:2:${RECORD}`}`,
  );
  for (let count = 0; count <= more.length; count += 7) {
    const service = new TestService(MIXED);
    service.index.replaceAccounts(Accounts.parse([MIXED, ...more.slice(0, count)].join("\n")));
    assertEquals(UNKNOWN.map((user) => shapeOf(service, user)), before);
  }
});

/** The least time of many, which is what the work takes when nothing else runs. */
function quickest(times: number, works: readonly (() => void)[]): number[] {
  const least = works.map(() => Infinity);
  for (let i = 0; i < times; i++) {
    for (const [at, work] of works.entries()) {
      const start = performance.now();
      work();
      least[at] = Math.min(least[at]!, performance.now() - start);
    }
  }
  return least;
}

/** Two steps of a login at `service`, each to be taken again and again. */
function stepsOf(
  service: TestService,
  user: string,
): { challenge: () => void; refusal: () => void } {
  const member = new ServiceClient(service, user, HANS, "wrong");
  const hello = member.provenHello();
  const content = decoded(service.send(hello, HANS));
  assert(content?.kind === "challenge");
  const { cookie } = content;
  const [ke3, box] = ["A".repeat(86), new Uint8Array(80)];
  const login = encodeSealedDatagram({ kind: "login", cookie, ke3, box });
  return {
    challenge: () => assertEquals(decoded(service.send(hello, HANS))?.kind, "challenge"),
    refusal: () => assertEquals(service.send(login, HANS), undefined),
  };
}

for (const step of ["challenge", "refusal"] as const) {
  Deno.test({
    name: `the ${step} of an unknown user takes as long as that of a known one`,
    permissions: "none",
  }, () => {
    const service = new TestService(MIXED);
    const works = ["hans", "none"].map((user) => stepsOf(service, user)[step]);
    const [known = 0, unknown = 0] = quickest(100, works);
    assert(unknown > known * 0.75 && unknown < known * 1.33, `${known} and ${unknown} ms`);
  });
}
