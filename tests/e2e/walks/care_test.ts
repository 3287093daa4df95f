/**
 * The walks of the documentation for who looks after an index, typed line by line into real terminals.
 *
 * @module
 */

import { testWalks } from "../../support/page_walk.ts";
import { WALKS } from "../../support/walked_pages.ts";

testWalks(WALKS.care);
