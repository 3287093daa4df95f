import { assert, assertEquals } from "@std/assert";
import { deriveServerKeys } from "../../../lib/index/login/server_keys.ts";
import {
  type Busy,
  type Challenge,
  decodeSealedDatagram,
  encodeSealedDatagram,
  type Hello,
  type SealedDatagram,
  signedTextOf,
} from "../../../lib/protocol/sealed_datagram.ts";
import { isSignedBy, Signer } from "../../../lib/protocol/signature.ts";
import { bitFlips, ServiceClient, SETUP, TestService } from "../../support/test_service.ts";
import { LAN, YODA } from "../../support/users.ts";

const { publicKey } = new Signer(deriveServerKeys(SETUP).signingSeed);

type Signed = Challenge | Busy;

/** What hans is answered the first time, or when there were too many attempts. */
function answered(kind: Signed["kind"]): { readonly hans: ServiceClient; readonly answer: Signed } {
  const service = new TestService();
  if (kind === "busy") {
    for (let i = 0; i < 5; i++) {
      new ServiceClient(service, "hans", LAN).greet();
    }
  }
  const hans = new ServiceClient(service, "hans", LAN);
  const answer = hans.greet();
  assert(answer?.kind === kind);
  return { hans, answer };
}

function isSigned(answer: Signed, hello: Pick<Hello, "user" | "ke1" | "token">): boolean {
  return isSignedBy(publicKey, signedTextOf(answer, hello), answer.signature);
}

function isSignedAnswer(datagram: Uint8Array, hans: ServiceClient): boolean {
  let content: SealedDatagram;
  try {
    content = decodeSealedDatagram(datagram);
  } catch {
    return false;
  }
  return (content.kind === "challenge" || content.kind === "busy") && isSigned(content, hans);
}

for (const kind of ["challenge", "busy"] as const) {
  Deno.test({
    name: `a ${kind} is signed by the key that the welcome tells`,
    permissions: "none",
  }, () => {
    const { hans, answer } = answered(kind);
    assert(isSigned(answer, hans));
    assertEquals(hans.service.member("vader", LAN).proofs?.signingKey, publicKey);
  });

  Deno.test({
    name: `a ${kind} that differs in any one bit is not signed`,
    permissions: "none",
  }, () => {
    const { hans, answer } = answered(kind);
    const datagram = encodeSealedDatagram(answer);
    assert(isSignedAnswer(datagram, hans));
    for (const flipped of bitFlips(datagram)) assert(!isSignedAnswer(flipped, hans));
  });

  Deno.test({
    name: `a ${kind} is signed for its user, its hello and its address alone`,
    permissions: "none",
  }, () => {
    const { hans, answer } = answered(kind);
    const { user, ke1, token } = hans;
    assert(!isSigned(answer, { user: "vader", ke1, token }));
    assert(!isSigned(answer, { user, ke1: new ServiceClient(hans.service, user, LAN).ke1, token }));
    const retry = decodeSealedDatagram(hans.service.send(hans.hello(), YODA)!);
    assert(retry.kind === "retry" && retry.token !== token);
    assert(!isSigned(answer, { user, ke1, token: retry.token }), "who repeats a hello elsewhere");
  });
}

Deno.test({
  name: "the signing key is the same after a restart, and another for another server",
  permissions: "none",
}, () => {
  const keys = [SETUP, SETUP, "A".repeat(171)].map((setup) => {
    return new Signer(deriveServerKeys(setup).signingSeed).publicKey;
  });
  assertEquals(keys[0], keys[1]);
  assert(keys[0] !== keys[2]);
});
