/**
 * The thread that looks at files.
 *
 * @module
 */

import { serveBatches } from "../../async/batch_server.ts";
import { lookAtFiles } from "./look.ts";

serveBatches(lookAtFiles);
