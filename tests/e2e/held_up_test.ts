import { assert } from "@std/assert";
import { delay } from "@std/async/delay";
import { ACTIVE_MS, HEARTBEAT_MS } from "../../lib/protocol/limits.ts";
import type { Request } from "../../lib/protocol/messages.ts";
import { encodePlainRequest } from "../../lib/protocol/plain_request.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const LOOPBACK = { transport: "udp", hostname: "127.0.0.1" } as const;
/** More than any system's queue for a socket holds, as many users' heartbeats would. */
const DATAGRAMS = 20_000;
const HELD_UP_MS = 250;

/** A user of the plain protocol who says only what he is told to say. */
class PlainUser implements Disposable {
  readonly #socket = Deno.listenDatagram({ ...LOOPBACK, port: 0 });

  constructor(private readonly port: number, readonly name: string) {}

  async say(request: Request): Promise<void> {
    await this.#socket.send(encodePlainRequest(request), { ...LOOPBACK, port: this.port });
  }

  async ask(request: Request): Promise<string> {
    await this.say(request);
    const [answer] = await this.#socket.receive();
    return new TextDecoder().decode(answer);
  }

  async logIn(): Promise<void> {
    const user = this.name;
    await this.ask({ verb: "login", user, password: `pw-${user}`, tcpPort: 50_000 });
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

async function isActive(user: PlainUser, asker: PlainUser): Promise<boolean> {
  return (await asker.ask({ verb: "lap", user: asker.name })).includes(user.name);
}

/** How long `user` stays in the list of who is active, in milliseconds from now on. */
async function timeActive(user: PlainUser, asker: PlainUser): Promise<number> {
  const began = performance.now();
  await waitFor("the end of the session", async () => !await isActive(user, asker));
  return performance.now() - began;
}

Deno.test("a server that was held up waits for the heartbeats that it may have lost", {
  ignore: !MAY_RUN || Deno.build.os === "windows",
}, async () => {
  await using network = await Network.start();
  using hans = new PlainUser(network.port, "hans");
  using vader = new PlainUser(network.port, "vader");
  using yoda = new PlainUser(network.port, "yoda");
  await hans.logIn();
  await vader.logIn();
  network.server.kill("SIGSTOP");
  for (let i = 0; i < DATAGRAMS; i++) await yoda.say({ verb: "heartbeat", user: yoda.name });
  await delay(HELD_UP_MS);
  network.server.kill("SIGCONT");
  await delay(HELD_UP_MS);
  const active = await timeActive(hans, vader) + 2 * HELD_UP_MS;
  assert(active > ACTIVE_MS + HEARTBEAT_MS / 2, `hans was active for ${active} ms`);
});

Deno.test("a user who is silent is gone after three seconds, and no sooner", {
  ignore: !MAY_RUN,
}, async () => {
  await using network = await Network.start();
  using hans = new PlainUser(network.port, "hans");
  using vader = new PlainUser(network.port, "vader");
  await vader.logIn();
  await hans.logIn();
  const active = await timeActive(hans, vader);
  assert(active > ACTIVE_MS - HEARTBEAT_MS / 4, `hans was active for ${active} ms`);
  assert(active < ACTIVE_MS + HEARTBEAT_MS / 2, `hans was active for ${active} ms`);
});
