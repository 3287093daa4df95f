/**
 * A page of releases on loopback, laid out as that of GitHub.
 *
 * @module
 */

/** Where a file of the newest release is, or of another. */
const FILE = /^\/releases\/(?:latest\/download|download\/v[^/]+)\/(.*)$/;

/** What a page answers. */
export type Answer = (path: string) => Response | Promise<Response>;

/** Files that can be downloaded from the newest release. */
export class ReleaseServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param answer Answers what is asked of a release: the name of a file */
  constructor(answer: Answer) {
    const onListen = () => {};
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, ({ url }) => {
      const [, path] = FILE.exec(new URL(url).pathname) ?? [];
      return path === undefined ? new Response(null, { status: 404 }) : answer(path);
    });
  }

  /** Serves `files`, by their names. */
  static of(files: ReadonlyMap<string, Uint8Array<ArrayBuffer> | string>): ReleaseServer {
    return new ReleaseServer((path) => {
      const file = files.get(path);
      return file === undefined ? new Response(null, { status: 404 }) : new Response(file);
    });
  }

  /** The address of the page. */
  get page(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/releases`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
