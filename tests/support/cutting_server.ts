/**
 * A page of releases whose connections break in the middle of one file.
 *
 * @module
 */

import { createServer, type Server } from "node:http";

/** Serves `files` by the ends of their paths; of the one that is called `cut` only half. */
export class CuttingServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server, readonly page: string) {
    this.#server = server;
  }

  static async start(
    files: ReadonlyMap<string, Uint8Array>,
    cut: string,
  ): Promise<CuttingServer> {
    const server = createServer(({ url = "" }, response) => {
      const name = url.slice(url.lastIndexOf("/") + 1);
      const file = files.get(name) ?? new Uint8Array();
      response.writeHead(200, { "content-length": file.length });
      if (name !== cut) response.end(file);
      else response.write(file.subarray(0, file.length >> 1), () => response.destroy());
    });
    const listening = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", listening.resolve);
    await listening.promise;
    const { port } = server.address() as { port: number };
    return new CuttingServer(server, `http://127.0.0.1:${port}/releases`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    this.#server.closeAllConnections();
    await closed.promise;
  }
}
