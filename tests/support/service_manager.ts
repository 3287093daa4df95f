/**
 * A service manager that hears what a program tells it.
 *
 * @module
 */

/** Listens where `NOTIFY_SOCKET` points. */
export class ServiceManager implements Disposable {
  readonly #socket: Deno.DatagramConn;

  /**
   * @param path A file that is not there yet
   * @param isAbstract Whether it listens at a name without a file, which Linux has
   */
  constructor(private readonly path: string, private readonly isAbstract = false) {
    const name = isAbstract ? `\0${path}` : path;
    this.#socket = Deno.listenDatagram({ transport: "unixpacket", path: name });
  }

  /** The environment of a program that is to tell it. */
  get env(): Record<string, string> {
    return { NOTIFY_SOCKET: `${this.isAbstract ? "@" : ""}${this.path}` };
  }

  /** What it is told next. */
  async next(): Promise<string> {
    const [datagram] = await this.#socket.receive();
    return new TextDecoder().decode(datagram);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
