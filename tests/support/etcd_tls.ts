/**
 * Certificates for etcd and its clients, made by OpenSSL.
 *
 * @module
 */

import { canRun } from "./permission.ts";
import { systemCommand } from "./system_command.ts";
import { TempFolder } from "./temp_folder.ts";

/** Whether there is OpenSSL. */
export const HAS_OPENSSL: boolean = await canRun("openssl", "version");

/** What a client shows, and whom it trusts, in PEM. */
export interface ClientTls {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** An authority with a certificate for a node and one for its clients. */
export class EtcdTls implements AsyncDisposable {
  private constructor(readonly folder: TempFolder, readonly client: ClientTls) {}

  /** Makes all of them. */
  static async make(): Promise<EtcdTls> {
    const folder = await TempFolder.make();
    await systemCommand(
      ...[
        "openssl",
        "req",
        "-x509",
        ...newKey(folder, "ca"),
        "-out",
        folder.pathOf("ca.pem"),
      ] as const,
      ...["-subj", "/CN=test authority", "-days", "2"],
    );
    for (const name of ["node", "client"]) await issue(folder, name);
    const read = (name: string) => Deno.readTextFile(folder.pathOf(name));
    return new EtcdTls(folder, {
      ca: await read("ca.pem"),
      certificate: await read("client.pem"),
      key: await read("client.key"),
    });
  }

  /** With which a node serves those only who have a certificate. */
  get flags(): readonly string[] {
    const { folder } = this;
    return [
      ...["--cert-file", folder.pathOf("node.pem"), "--key-file", folder.pathOf("node.key")],
      ...["--trusted-ca-file", folder.pathOf("ca.pem"), "--client-cert-auth"],
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

/** A certificate of loopback for both ends: etcd's gateway is a client of its own node. */
async function issue(folder: TempFolder, name: string): Promise<void> {
  const [request, extensions] = [folder.pathOf(`${name}.csr`), folder.pathOf(`${name}.ext`)];
  await Deno.writeTextFile(
    extensions,
    "subjectAltName=IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth,clientAuth\n",
  );
  await systemCommand(
    ...[
      "openssl",
      "req",
      ...newKey(folder, name),
      "-out",
      request,
      "-subj",
      `/CN=${name}`,
    ] as const,
  );
  await systemCommand(
    ...["openssl", "x509", "-req", "-in", request, "-CA", folder.pathOf("ca.pem")] as const,
    ...["-CAkey", folder.pathOf("ca.key"), "-CAcreateserial", "-extfile", extensions],
    ...["-out", folder.pathOf(`${name}.pem`), "-days", "2"],
  );
}

function newKey(folder: TempFolder, name: string): string[] {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  return [...curve, "-keyout", folder.pathOf(`${name}.key`)];
}
