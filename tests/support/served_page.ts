/**
 * The status page of a real server.
 *
 * @module
 */

import { type Address } from "../../lib/protocol/address.ts";
import { Network } from "./network.ts";
import { FROM_SOURCE, type Programs } from "./program.ts";
import { ask, type RawAnswer } from "./raw_http.ts";
import { PASSWORD } from "./test_site.ts";
import { CREDENTIALS } from "./users.ts";

/** A network whose server has a status page, and where that is. */
export interface ServedPage {
  readonly network: Network;
  readonly address: Address;
}

/** Starts a server with a status page, whose administrator has the usual password. */
export async function servePage(
  programs: Programs = FROM_SOURCE,
  credentials: string = CREDENTIALS,
): Promise<ServedPage> {
  const network = await Network.start(programs, { flags: ["--http", "0"], credentials });
  await network.home.write("password.txt", `${PASSWORD}\n`);
  const { code, stderr } = await network.administer(
    ...["admin", "passwd", "--password-file", "password.txt"],
  );
  if (code !== 0) throw new Error(stderr);
  return { network, address: await pageOf(network) };
}

/** Where the status page of a server is. */
export async function pageOf({ server }: Network): Promise<Address> {
  await server.shows('"event":"page"');
  const line = server.stdout.split("\n").find((it) => it.includes('"event":"page"'))!;
  const { hostname, port } = new URL(JSON.parse(line).url);
  return { hostname, port: Number(port) };
}

/** An administrator who is logged in. */
export class Administrator {
  private constructor(
    private readonly address: Address,
    private readonly fields: Readonly<Record<string, string>>,
  ) {}

  static async logIn(address: Address): Promise<Administrator> {
    const body = JSON.stringify({ password: PASSWORD });
    const answer = await ask(address, { method: "POST", path: "/api/login", body });
    const [cookie = ""] = (answer.fields.get("set-cookie") ?? "").split(";", 1);
    const { csrf } = JSON.parse(answer.text);
    return new Administrator(address, { Cookie: cookie, "X-CSRF-Token": csrf });
  }

  /** Does something to users. */
  post(change: string, value: unknown): Promise<RawAnswer> {
    return this.#post(`/api/users/${change}`, value);
  }

  /** Revokes the invitation of `user`. */
  revoke(user: string): Promise<RawAnswer> {
    return this.#post("/api/invitations/revoke", { user });
  }

  #post(path: string, value: unknown): Promise<RawAnswer> {
    const body = JSON.stringify(value);
    return ask(this.address, { method: "POST", path, body, fields: this.fields });
  }
}
