// Every page. Nothing here is needed to read or to act: without scripts there are links, forms and a page to search on.
import "htmx.org";
import { copying } from "./frame/copy";
import { keys } from "./frame/keys";
import { meanings } from "./frame/meanings";
import { palette } from "./frame/palette";
import { theme } from "./frame/theme";
import { zone } from "./frame/zone";

theme();
zone();
copying();
meanings();
keys(palette());
