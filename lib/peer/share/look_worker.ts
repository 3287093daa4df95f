/**
 * The thread that looks at files.
 *
 * @module
 */

import { serveBatches } from "../../async/batch_thread.ts";
import { lookAtFiles } from "./look.ts";

serveBatches(lookAtFiles);
