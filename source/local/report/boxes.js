/** Boxes over a picture or a running video, and their names, which keep out of each other's way. */

import { boxesAt, paths, samplingStep } from "./sights.js";
import { drawing } from "./svg.js";

const HEIGHT = 20;
const GAP = 3;
const PADDING = 12;

/**
 * Moves every name to a free place at its box, small boxes first. A name that finds none is shown
 * when its box is pointed at.
 *
 * @param {SVGSVGElement} svg
 */
export function placeNames(svg) {
  const { width, height } = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll(".box")].filter((box) => box.getClientRects().length);
  const measured = boxes.map((box) => ({ box, ...sidesOf(box, width, height) }));
  measured.sort((one, other) => one.width * one.height - other.width * other.height);
  const taken = [];
  for (const one of measured) {
    const places = candidates(one).filter((place) => within(place, width, height));
    const free = places.find((place) => !taken.some((other) => cover(place, other)));
    const place = free ?? places[0] ?? { ...one, width: one.plate, height: HEIGHT };
    if (free) taken.push(free);
    one.box.classList.toggle("crowded", !free);
    const plates = one.box.querySelector(".plates");
    plates.setAttribute("x", place.left);
    plates.setAttribute("y", place.top);
  }
}

/**
 * Draws the boxes of things at moments of a video.
 *
 * @param {SVGSVGElement} svg
 * @param {{finding: number, kind: string, name: string, sights: number[][]}[]} things
 * @returns {(seconds: number) => void} draws those of a moment
 */
export function movingBoxes(svg, things) {
  const step = samplingStep(things.flatMap((thing) => thing.sights));
  const moving = things.map((thing) => ({ ...thing, ways: paths(thing.sights, step) }));
  return (seconds) => {
    const drawn = moving.flatMap((thing) =>
      boxesAt(thing.ways, seconds * 1000, step).map((sides) => ({ thing, sides })),
    );
    while (svg.childElementCount > drawn.length) svg.lastElementChild.remove();
    while (svg.childElementCount < drawn.length) svg.append(emptyBox());
    drawn.forEach(({ thing, sides }, place) => fill(svg.children[place], thing, sides));
    placeNames(svg);
  };
}

function emptyBox() {
  const plates = drawing("svg", { class: "plates" });
  const plate = drawing("rect", { class: "plate", height: HEIGHT, rx: 4 });
  plates.append(plate, drawing("text", { x: PADDING / 2, y: 14 }));
  const box = drawing("g", { class: "box" });
  box.append(drawing("rect", { class: "outline", rx: 3 }), plates);
  return box;
}

function fill(box, thing, sides) {
  box.setAttribute("class", `box ${thing.kind}`);
  box.dataset.finding = thing.finding;
  ["x", "y", "width", "height"].forEach((name, place) =>
    box.firstElementChild.setAttribute(name, `${(100 * sides[place]).toFixed(3)}%`),
  );
  const text = box.querySelector("text");
  if (text.textContent !== thing.name) text.textContent = thing.name;
}

function sidesOf(box, width, height) {
  const outline = box.querySelector(".outline");
  const share = (name) => parseFloat(outline.getAttribute(name)) / 100;
  const plate = box.querySelector("text").getComputedTextLength() + PADDING;
  box.querySelector(".plate").setAttribute("width", plate);
  return {
    left: share("x") * width,
    top: share("y") * height,
    width: share("width") * width,
    height: share("height") * height,
    plate,
  };
}

function candidates({ left, top, width, height, plate }) {
  const [right, bottom] = [left + width - plate, top + height];
  const inside = left + GAP;
  return [
    [left, top - HEIGHT - GAP],
    [inside, top + GAP],
    [left, bottom + GAP],
    [right, top - HEIGHT - GAP],
    [inside, bottom - HEIGHT - GAP],
    [right - GAP, top + GAP],
    [right, bottom + GAP],
    [right - GAP, bottom - HEIGHT - GAP],
  ].map(([x, y]) => ({ left: x, top: y, width: plate, height: HEIGHT }));
}

function within(place, width, height) {
  const { left, top } = place;
  return left >= 0 && top >= 0 && left + place.width <= width && top + place.height <= height;
}

function cover(one, other) {
  const apart = (start, size) =>
    one[start] >= other[start] + other[size] || other[start] >= one[start] + one[size];
  return !apart("left", "width") && !apart("top", "height");
}
