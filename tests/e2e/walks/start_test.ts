/**
 * The walks of the documentation to begin with, typed line by line into real terminals.
 *
 * @module
 */

import { testWalks } from "../../support/page_walk.ts";
import { WALKS } from "../../support/walked_pages.ts";

testWalks(WALKS.start);
