/** The timeline: a playhead, ticks, zoom, and arrow keys that lead from bar to bar. */

import { clock, momentOf } from "./moments.js";
import { rove, untab } from "./roving.js";
import { drawing } from "./svg.js";

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const TICK_PIXELS = 72;
// as close as one gets: a second is so wide
const SECOND_PIXELS = 160;

/**
 * @param {HTMLElement} section with data-duration in milliseconds
 * @param {ReturnType<import("./player.js").connectPlayer>} player
 */
export function connectTimeline(section, player) {
  const scroll = section.querySelector(".scroll");
  const wide = section.querySelector(".wide");
  const duration = Number(section.dataset.duration) / 1000;
  const head = section.querySelector(".playhead line");
  // as wide as the whole duration; the names of the lanes stand before it
  const axis = section.querySelector(".axis");
  const draw = () => drawTicks(axis, scroll, duration);
  const zoom = zooming(scroll, wide, axis, duration, draw);

  player.onTime((seconds) => {
    const share = Math.min(seconds / duration, 1);
    head.setAttribute("x1", `${100 * share}%`);
    head.setAttribute("x2", `${100 * share}%`);
    if (player.playing()) followHead(scroll, share * widthOf(axis));
  });
  scrub(wide, axis, duration, player.go);
  connectKeys(section, (how, seconds) => zoom(how, seconds / duration));
  for (const button of section.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => zoom(button.dataset.zoom));
  }
  section.querySelector(".zoom").hidden = false;
  scroll.addEventListener("scroll", draw);
  new ResizeObserver(draw).observe(scroll);
}

/** @returns {(how: string, around?: number) => void} around: a share of the duration */
function zooming(scroll, wide, axis, duration, draw) {
  let factor = 1;
  const half = () => (scroll.clientWidth - wide.clientWidth + widthOf(axis)) / 2;
  return (how, around = (scroll.scrollLeft + half()) / widthOf(axis)) => {
    const most = Math.max(1, (duration * SECOND_PIXELS) / scroll.clientWidth);
    const wanted = { in: factor * 2, out: factor / 2, fit: 1 }[how];
    factor = Math.min(Math.max(wanted, 1), most);
    wide.style.width = `${100 * factor}%`;
    scroll.scrollLeft = around * widthOf(axis) - half();
    draw();
  };
}

function drawTicks(axis, scroll, duration) {
  const second = widthOf(axis) / duration;
  const step = STEPS.find((one) => one * second >= TICK_PIXELS) ?? STEPS.at(-1);
  const first = Math.floor(scroll.scrollLeft / second / step) * step;
  const last = Math.min(duration, (scroll.scrollLeft + scroll.clientWidth) / second + step);
  const ticks = [];
  for (let time = first; time <= last; time += step) {
    const x = `${(100 * time) / duration}%`;
    const text = drawing("text", { x, y: 18 });
    text.textContent = clock(time);
    // the last one would be cut off
    if ((duration - time) * second < 30) text.setAttribute("class", "last");
    else if (time === 0) text.setAttribute("class", "first");
    ticks.push(drawing("line", { x1: x, x2: x, y2: 6 }), text);
  }
  axis.replaceChildren(...ticks);
}

function scrub(wide, axis, duration, go) {
  const seek = (event) => {
    const { left, width } = axis.getBoundingClientRect();
    go(Math.min(Math.max((event.clientX - left) / width, 0), 1) * duration);
  };
  wide.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("a")) return;
    wide.setPointerCapture(event.pointerId);
    seek(event);
  });
  wide.addEventListener("pointermove", (event) => {
    if (wide.hasPointerCapture(event.pointerId)) seek(event);
  });
}

function widthOf(axis) {
  return axis.getBoundingClientRect().width;
}

function followHead(scroll, x) {
  if (x < scroll.scrollLeft || x > scroll.scrollLeft + scroll.clientWidth) {
    scroll.scrollLeft = x - scroll.clientWidth / 10;
  }
}

function connectKeys(section, zoom) {
  const lanes = [...section.querySelectorAll(".strip")].map((strip) => inOrder(strip));
  const bars = lanes.flat();
  const laneOf = new Map(lanes.flatMap((lane, row) => lane.map((bar) => [bar, row])));
  untab(bars);
  rove(section.querySelector(".scroll"), bars, (key, place) => {
    const row = laneOf.get(bars[place]);
    const first = bars.indexOf(lanes[row][0]);
    const last = first + lanes[row].length - 1;
    if (key === "ArrowRight") return Math.min(place + 1, last);
    if (key === "ArrowLeft") return Math.max(place - 1, first);
    if (key === "Home") return first;
    if (key === "End") return last;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const lane = lanes[row + (key === "ArrowDown" ? 1 : -1)];
      return lane && bars.indexOf(nearest(lane, startOf(bars[place])));
    }
    const how = { "+": "in", "=": "in", "-": "out", 0: "fit" }[key];
    if (how) zoom(how, startOf(bars[place]));
    return undefined;
  });
}

function inOrder(strip) {
  return [...strip.querySelectorAll("a")].sort((one, other) => startOf(one) - startOf(other));
}

function startOf(bar) {
  return momentOf(bar.getAttribute("href"));
}

function nearest(lane, seconds) {
  const away = (bar) => Math.abs(startOf(bar) - seconds);
  return lane.reduce((best, bar) => (away(bar) < away(best) ? bar : best));
}
