// Every page. Nothing here is needed to read or to act: without scripts there are links, forms and a page to search on.
import htmx from "htmx.org";
import { copying } from "./frame/copy";
import { keys } from "./frame/keys";
import { meanings } from "./frame/meanings";
import { palette } from "./frame/palette";
import { theme } from "./frame/theme";
import { zone } from "./frame/zone";

// What was opened or brought forward in the browser stays so when a page refreshes itself.
htmx.config.morphIgnore.push("open", "hidden");

theme();
zone();
copying();
meanings();
keys(palette());
