import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { HttpServer } from "../../../lib/server/http/http_server.ts";
import { setAdminPassword } from "../../../lib/server/accounts/admin_password.ts";
import { FakeStatus } from "../../support/fake_status.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { ask } from "../../support/raw_http.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import type { AdminAction } from "../../../lib/server/log/log_text.ts";

const DISK = { ignore: !MAY_USE_DISK } as const;
const ADDRESS = { hostname: "127.0.0.1", port: 0 } as const;

Deno.test("the thread of the page asks the thread of the index", DISK, async () => {
  await using folder = await TempFolder.make();
  const status = new FakeStatus();
  using server = await HttpServer.start(
    { address: ADDRESS, credentials: folder.pathOf("users.txt"), names: [] },
    { source: status, administration: status },
  );
  const answer = await ask(server.address, { path: "/api/search?q=optics" });
  assertEquals(JSON.parse(answer.text).rows[0].name, "lectures/optics.mp4");
  status.trouble = "the disk is full";
  assertEquals((await ask(server.address, { path: "/healthz" })).status, 503);
});

Deno.test("an administrator of a file logs in, and what is done there is told", DISK, async () => {
  await using folder = await TempFolder.make();
  const credentials = await folder.write("users.txt", "leia secret\n");
  const status = new FakeStatus();
  const actions: AdminAction[] = [];
  const onAction = (action: AdminAction) => void actions.push(action);
  using server = await HttpServer.start(
    { address: ADDRESS, credentials, names: [] },
    { source: status, administration: status, onAction },
  );
  const login = () => {
    const body = JSON.stringify({ password: "correct-horse" });
    return ask(server.address, { method: "POST", path: "/api/login", body });
  };
  const early = await login();
  assertEquals(early.status, 403);
  assertStringIncludes(early.text, "admin passwd");
  await setAdminPassword(credentials, "correct-horse");
  assertEquals((await login()).status, 200);
  assertEquals(actions.map(({ action }) => action), ["login failed", "login"]);
});

Deno.test("a port that is taken is said to be", DISK, async () => {
  using other = Deno.listen({ ...ADDRESS, port: 0 });
  const status = new FakeStatus();
  const config = { address: other.addr, credentials: "users.txt", names: [] };
  const error = await assertRejects(
    () => HttpServer.start(config, { source: status, administration: status }),
    BitTrickleError,
  );
  assertEquals(error.code, "network");
});

Deno.test("a flood of requests asks the thread of the index little", DISK, async () => {
  const status = new FakeStatus();
  let asked = 0;
  const source = {
    status: () => (asked++, status.status()),
    history: () => status.history(),
    search: (text: string) => status.search(text),
    metrics: () => status.metrics(),
    fault: () => undefined,
  };
  using server = await HttpServer.start(
    { address: ADDRESS, credentials: "users.txt", names: [] },
    { source, administration: status },
  );
  const since = performance.now();
  for (let i = 0; i < 500; i++) await ask(server.address, { path: "/api/status" });
  const seconds = (performance.now() - since) / 1_000;
  assert(asked <= seconds + 1, `asked ${asked} times in ${seconds} s`);
});
