/**
 * The status page of a server that does not exist, in the thread that it has in a real one.
 *
 * @module
 */

import type { Address } from "../../lib/protocol/address.ts";
import { setAdminPassword } from "../../lib/server/accounts/admin_password.ts";
import { HttpServer } from "../../lib/server/http/http_server.ts";
import { FakeStatus } from "./fake_status.ts";
import { TempFolder } from "./temp_folder.ts";
import { PASSWORD } from "./test_site.ts";

/** A page that can be stopped and started again. */
export class StatusPage implements AsyncDisposable {
  readonly status = new FakeStatus();
  readonly #folder: TempFolder;
  readonly #token: string | undefined;
  #server: HttpServer | undefined;
  #address: Address = { hostname: "127.0.0.1", port: 0 };

  private constructor(folder: TempFolder, token: string | undefined) {
    this.#folder = folder;
    this.#token = token;
  }

  /** Starts one whose administrator has the usual password. */
  static async start(token?: string): Promise<StatusPage> {
    const folder = await TempFolder.make();
    await setAdminPassword(folder.pathOf("users.txt"), PASSWORD);
    const page = new StatusPage(folder, token);
    await page.resume();
    return page;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#address.port}/`;
  }

  /** Stops answering. */
  pause(): void {
    this.#server?.[Symbol.dispose]();
    this.#server = undefined;
  }

  /** Answers again, at the same address. */
  async resume(): Promise<void> {
    const token = this.#token === undefined ? {} : { token: this.#token };
    const credentials = this.#folder.pathOf("users.txt");
    const config = { address: this.#address, credentials, names: [], ...token };
    const { status } = this;
    this.#server = await HttpServer.start(config, { source: status, administration: status });
    this.#address = this.#server.address;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.pause();
    await this.#folder[Symbol.asyncDispose]();
  }
}
