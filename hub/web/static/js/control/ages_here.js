// Age chips of the control room.
import { showAge } from "../ages.js";
import { calendarDate, clockTime, make } from "./elements.js";
import { say } from "./words.js";

/** A chip that counts up from `at`. With `limit` (seconds) it turns to unproven; `unsure` is so from the start. */
export function ageChip(at, limit = null, unsure = false) {
  const chip = make("time", { class: unsure ? "age old" : "age", dateTime: at, title: `${calendarDate(at)} ${clockTime(at)}` });
  if (limit !== null) {
    chip.dataset.limit = limit;
    chip.dataset.prefix = `${say("unproven")} `;
  }
  showAge(chip);
  return chip;
}
