/**
 * The index of one server of a fleet on etcd, without sockets.
 *
 * @module
 */

import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { FleetSessions } from "../../lib/fleet/fleet_sessions.ts";
import { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import type { SealedSession } from "../../lib/index/sessions/sessions.ts";
import type { Address } from "../../lib/protocol/address.ts";
import type { Reply, Request } from "../../lib/protocol/messages.ts";
import { CLUSTER_KEY } from "./fleet_server.ts";
import { sealedAs } from "./sealed_as.ts";
import { CREDENTIALS } from "./users.ts";

/** Times are those of this machine's steady clock. */
export class FleetIndex implements AsyncDisposable {
  readonly index: Index;
  /** How often it has ended all sessions. */
  ended = 0;
  /** Which keys it has found to hold what does not open. */
  readonly odd: readonly string[];

  private constructor(
    readonly fleet: Fleet,
    readonly sessions: FleetSessions,
    readonly journal: EtcdJournal,
    odd: readonly string[],
  ) {
    this.odd = odd;
    this.index = new Index(Accounts.parse(CREDENTIALS), { journal, registry: sessions });
    const endSessions = () => {
      this.ended++;
      this.index.endSessions();
    };
    sessions.serve({ remoteSessions: this.index.remoteSessions, endSessions });
  }

  /** Joins the fleet at `endpoints`. */
  static async join(...endpoints: readonly string[]): Promise<FleetIndex> {
    const fleet = await Fleet.join({ endpoints, clusterKey: CLUSTER_KEY });
    const odd: string[] = [];
    const sessions = new FleetSessions(fleet, { onOddValue: (key) => odd.push(key) });
    return new FleetIndex(fleet, sessions, await EtcdJournal.open(fleet), odd);
  }

  /** What `user` is answered to a login, by a session called `name` in place of `former`. */
  async logIn(user: string, name: string, former?: string, place = name): Promise<Reply> {
    const [from, now] = [addressOf(place), performance.now()];
    const start = { ...sealedAs(name), former };
    return await this.index.admission.admit(user, from, 5_000, now, start);
  }

  /** The session called `name`, which is open. */
  session(name: string): SealedSession {
    return this.index.sealedSession(name)!;
  }

  /** What the session called `name` is answered. */
  async ask(
    name: string,
    request: Request & { verb: "pub" | "unp" | "get" | "lap" | "bye" | "have" },
  ) {
    const session = this.session(name);
    return await this.index.serve(request, session, performance.now());
  }

  /** The users who are active here at the moment, as any session is told. */
  active(): string[] {
    const now = performance.now();
    return this.index.overview.activeSessions(now, 1_000).map(({ user }) => user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sessions[Symbol.asyncDispose]();
    await this.journal[Symbol.asyncDispose]();
    await this.fleet[Symbol.asyncDispose]();
  }
}

/** An address of its own for each name, off this machine. */
function addressOf(name: string): Address {
  let port = 2_000;
  for (const letter of name) port = (port * 31 + letter.charCodeAt(0)) % 60_000;
  return { hostname: "192.0.2.1", port };
}
