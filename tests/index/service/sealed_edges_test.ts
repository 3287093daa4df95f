import { assert, assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { setDisabled } from "../../../lib/index/login/credentials_text.ts";
import { encodeSealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import { decodeSealedRequest, encodeSealedRequest } from "../../../lib/protocol/sealed_request.ts";
import { decoded, ServiceClient, TestService } from "../../support/test_service.ts";
import { HANS, LAN } from "../../support/users.ts";

Deno.test({
  name: "a used login in another spelling of base64url opens no second session",
  permissions: "none",
}, () => {
  for (const spare of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
    const service = new TestService();
    const hans = new ServiceClient(service, "hans", LAN);
    const login = hans.readyLogin();
    assertEquals(hans.takeWelcome(service.send(login, LAN))?.kind, "welcome");
    const pub = hans.message({ verb: "pub", user: "hans", name: "a.txt" });
    service.send(pub, LAN);
    hans.ask({ verb: "unp", user: "hans", name: "a.txt" });
    const content = decoded(login);
    assert(content?.kind === "login");
    for (const cookie of [content.cookie + spare, content.cookie.slice(0, -1) + spare]) {
      service.send(encodeSealedDatagram({ ...content, cookie }), LAN);
    }
    service.send(pub, LAN);
    assertEquals(service.published("hans", service.member("vader", HANS)), [], spare);
    assertEquals(hans.lap(), ["vader"], spare);
  }
});

Deno.test({
  name: "a name that ends in a wide space arrives whole",
  permissions: "none",
}, () => {
  for (const name of ["a\u00a0", "a\u3000", "a/b\u2003"]) {
    const request = { verb: "get", user: "hans", name } as const;
    assertEquals(decodeSealedRequest(encodeSealedRequest(request), "hans"), request);
  }
});

Deno.test({
  name: "a malformed request in a valid message counts as a heartbeat and against the rate",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const nonsense = () => hans.message(new TextEncoder().encode("nonsense"));
  assertEquals(hans.answerTo(nonsense(), 2_000), "message");
  assertEquals(service.member("vader", HANS, 4_000).lap(4_000), ["hans"]);
  for (let i = 0; i < 2_000; i++) hans.answerTo(nonsense(), 4_000);
  assertEquals(hans.pub("a.txt", 4_000)?.kind, "error");
});

Deno.test({ name: "edits take no comment for a user", permissions: "none" }, () => {
  for (const user of ["#", "#hans"]) {
    const edit = () => setDisabled("# foo bar\n#hans old\nhans x\n", user, true);
    assertEquals(assertThrows(edit, BitTrickleError).code, "not_found");
  }
});

Deno.test({ name: "the log is told addresses and no session's name", permissions: "none" }, () => {
  const service = new TestService();
  service.member("hans", LAN).pub("a.txt");
  for (const { from } of service.events) assertEquals(from, LAN);
});
