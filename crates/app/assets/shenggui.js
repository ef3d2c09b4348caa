/* What pages do beyond showing: charts, selections, dialogues, uploads, keys.
 * Everything works without it; docs/design-language.md tells what it adds. */
"use strict";
