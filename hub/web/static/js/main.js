// What every page does: ages that count up, keys, lists that follow the arrows, forms that outlive a session.
import { startAges } from "./ages.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startMenus } from "./menus.js";
import { startStillHere } from "./still_here.js";
import { startSuggestions } from "./suggest.js";

startAges();
startKeys();
startLists();
startMenus();
startStillHere();
startSuggestions();
document.querySelector("[data-focus]")?.focus();
