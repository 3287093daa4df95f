/**
 * The client's half of a registration, written with the library of OPAQUE alone.
 *
 * @module
 */

import { client } from "@serenity-kit/opaque";
import { KEY_STRETCHING, opaqueIdentifiers } from "../../lib/protocol/opaque_settings.ts";

/** Both messages of the registration of `password` for `user`, lightly stretched as all of tests. */
export function registration(user: string, password: string): {
  readonly request: string;
  readonly finish: (response: string) => string;
} {
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
  const finish = (registrationResponse: string) => {
    return client.finishRegistration({
      clientRegistrationState,
      registrationResponse,
      password,
      keyStretching: KEY_STRETCHING.light,
      identifiers: opaqueIdentifiers(user),
    }).registrationRecord;
  };
  return { request: registrationRequest, finish };
}
