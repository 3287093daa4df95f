// The package has no types; these are the parts that are used here.

declare module "multicast-dns" {
  export interface Answer {
    readonly name: string;
    readonly type: string;
    readonly ttl?: number;
    readonly data: unknown;
  }

  export interface Question {
    readonly name: string;
    readonly type: string;
  }

  export interface Packet {
    readonly type: "query" | "response";
    readonly questions: readonly Question[];
    readonly answers: readonly Answer[];
    readonly authorities: readonly Answer[];
    readonly additionals: readonly Answer[];
  }

  type Done = (error?: unknown) => void;

  export interface MulticastDns {
    on(event: "packet", listener: (packet: Packet, from: { address: string }) => void): void;
    on(event: "ready", listener: () => void): void;
    on(event: "error", listener: (error: unknown) => void): void;
    respond(packet: Pick<Packet, "answers">, done?: Done): void;
    query(packet: Pick<Packet, "questions"> & Partial<Packet>, done?: Done): void;
    destroy(done?: () => void): void;
  }

  export default function makeMulticastDns(options: {
    readonly interface: string;
    readonly bind: string;
    readonly reuseAddr: boolean;
  }): MulticastDns;
}
