/**
 * The thread that reads small files.
 *
 * @module
 */

import { serveBatches } from "../../async/batch_server.ts";
import { readSmallFiles } from "./read_small.ts";

serveBatches(readSmallFiles);
