/**
 * The thread of the HTTP server: whatever happens here, the index goes on answering.
 *
 * @module
 */

import { threadScope } from "../../async/thread_scope.ts";
import { ConnectionListener, type TlsCertificate } from "../../net/connection_listener.ts";
import type { Address } from "../../protocol/address.ts";
import { readAdminVerifier } from "../accounts/admin_password.ts";
import { AccessToken } from "./access.ts";
import { RemoteBackend } from "./remote_backend.ts";
import { WebServer } from "./web_server.ts";
import { WebSite } from "./web_site.ts";
import { HTTP_PROTOCOL } from "./exchange.ts";
import {
  faultOf,
  type FromHttp,
  type HttpConfig,
  type HttpSecrets,
  type ToHttp,
} from "./worker_messages.ts";

const scope = threadScope<ToHttp, FromHttp>();
const backend = new RemoteBackend((message) => scope.postMessage(message));
let running: { readonly site: WebSite; readonly server: WebServer } | undefined;

scope.onmessage = ({ data }) => {
  if (data.kind === "start") start(data.config);
  else if (data.kind === "renew") renew(data.secrets);
  else if (data.kind === "events") running?.site.events.send(data.events);
  else backend.take(data);
};

function start(config: HttpConfig): void {
  try {
    const listener = listen(config.address, config.certificate);
    const site = makeSite(config);
    const server = new WebServer(listener, (request) => site.answer(request));
    running = { site, server };
    scope.postMessage({ kind: "listening", address: server.address });
  } catch (error) {
    scope.postMessage({ kind: "failed", fault: faultOf(error) });
  }
}

function makeSite({ credentials, names, token, certificate, address }: HttpConfig): WebSite {
  return new WebSite({
    backend,
    names,
    hostname: address.hostname,
    isSecure: certificate !== undefined,
    token: token === undefined ? undefined : new AccessToken(token),
    verifier: () => readAdminVerifier(credentials),
  });
}

/** The certificate was looked at before: with one that is of no use the page would be gone. */
async function renew({ certificate, token }: HttpSecrets): Promise<void> {
  const { server, site } = running!;
  if (token !== undefined) site.renewToken(new AccessToken(token));
  if (certificate) await server.listenAnew(() => listen(server.address, certificate));
}

function listen(address: Address, certificate: TlsCertificate | undefined) {
  if (!certificate) return ConnectionListener.bind(address);
  return ConnectionListener.bindTls(address, certificate, HTTP_PROTOCOL);
}
