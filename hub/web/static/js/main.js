// What every page does: ages that count up, keys, lists that follow the arrows.
import { startAges } from "./ages.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";

startAges();
startKeys();
startLists();
document.querySelector("[data-focus]")?.focus();
