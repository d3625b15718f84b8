// What every page does: ages that count up, keys, lists that follow the arrows.
import { startAges } from "./ages.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startMenus } from "./menus.js";
import { startSuggestions } from "./suggest.js";

startAges();
startKeys();
startLists();
startMenus();
startSuggestions();
document.querySelector("[data-focus]")?.focus();
