/** The transcript: its current word is marked, and the arrow keys lead from word to word. */

import { lastBefore } from "./moments.js";
import { rove } from "./roving.js";

// a word stays marked through a short silence
const LINGER = 400;

/**
 * @param {HTMLElement} box
 * @param {ReturnType<import("./player.js").connectPlayer>} player
 */
export function connectTranscript(box, player) {
  const words = [...box.querySelectorAll("[data-at]")];
  player.onTime(markCurrent(words, (word) => player.playing() && keepInSight(box, word)));
  rove(box, words, alongWords(words));
  box.addEventListener("keydown", (event) => {
    const { at } = event.target.dataset;
    if (event.key === "Enter" && at) player.go(Number(at) / 1000);
  });
}

/**
 * @param {HTMLElement} box of captions, each a row that says when it begins and ends
 * @param {ReturnType<import("./player.js").connectPlayer>} player
 */
export function connectCaptions(box, player) {
  const rows = [...box.querySelectorAll("[data-at]")];
  const list = box.querySelector("ol");
  player.onTime(markCurrent(rows, (row) => player.playing() && keepInSight(list, row)));
}

function markCurrent(items, marked) {
  const starts = Float64Array.from(items, (item) => Number(item.dataset.at));
  let current;
  return (seconds) => {
    const time = seconds * 1000;
    const last = items[lastBefore(starts, time)];
    const now = last && time <= Number(last.dataset.to) + LINGER ? last : undefined;
    if (now === current) return;
    current?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    current = now;
    if (now) marked(now);
  };
}

function alongWords(words) {
  const paragraphs = [...new Set(words.map((word) => word.closest("p")))];
  const begins = paragraphs.map((one) => words.indexOf(one.querySelector("[data-at]")));
  return (key, place) => {
    const row = lastBefore(begins, place);
    return {
      ArrowRight: Math.min(place + 1, words.length - 1),
      ArrowLeft: Math.max(place - 1, 0),
      ArrowDown: begins[row + 1] ?? words.length - 1,
      ArrowUp: begins[row] < place ? begins[row] : begins[Math.max(row - 1, 0)],
      Home: 0,
      End: words.length - 1,
    }[key];
  };
}

/** Scrolls the box alone: the page stays where its reader is. */
function keepInSight(box, item) {
  const [frame, shown] = [box.getBoundingClientRect(), item.getBoundingClientRect()];
  if (shown.top < frame.top || shown.bottom > frame.bottom) {
    box.scrollTop += shown.top - frame.top - frame.height / 3;
  }
}
