/**
 * The thread of the HTTP server: whatever happens here, the index goes on answering.
 *
 * @module
 */

import { ConnectionListener } from "../../net/connection_listener.ts";
import { readAdminVerifier } from "../accounts/admin_password.ts";
import { AccessToken } from "./access.ts";
import { RemoteBackend } from "./remote_backend.ts";
import { WebServer } from "./web_server.ts";
import { WebSite } from "./web_site.ts";
import { faultOf, type FromHttp, type HttpConfig, type ToHttp } from "./worker_messages.ts";

/** The part of a worker's global scope that is used here; the types of Deno are those of a window. */
interface WorkerScope {
  onmessage: (event: MessageEvent<ToHttp>) => void;
  postMessage(message: FromHttp): void;
}

const scope = globalThis as unknown as WorkerScope;
const backend = new RemoteBackend((message) => scope.postMessage(message));
let site: WebSite | undefined;

scope.onmessage = ({ data }) => {
  if (data.kind === "start") start(data.config);
  else if (data.kind === "events") site?.events.send(data.events);
  else backend.take(data);
};

function start(config: HttpConfig): void {
  try {
    const listener = listen(config);
    const { credentials, names, token, certificate } = config;
    const made = new WebSite({
      backend,
      names,
      hostname: config.address.hostname,
      isSecure: certificate !== undefined,
      token: token === undefined ? undefined : new AccessToken(token),
      verifier: () => readAdminVerifier(credentials),
    });
    site = made;
    const { address } = new WebServer(listener, (request) => made.answer(request));
    scope.postMessage({ kind: "listening", address });
  } catch (error) {
    scope.postMessage({ kind: "failed", fault: faultOf(error) });
  }
}

function listen({ address, certificate }: HttpConfig) {
  if (!certificate) return ConnectionListener.bind(address);
  return ConnectionListener.bindTls(address, certificate, "http/1.1");
}
