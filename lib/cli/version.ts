/**
 * Which BitTrickle this is.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };

/** The version of both programs. */
export const VERSION: string = config.version;
