/**
 * Where things are between the frames that were looked at.
 *
 * A sight is [milliseconds, left, top, width, height], the sides as shares of the picture. Things
 * are drawn between two sights only where these are neighbours: what was not seen in a frame that
 * was looked at is not drawn there.
 */

import { lastBefore } from "./moments.js";

const LONGEST_STEP = 2000;

/** @param {number[][]} sights of all things @returns {number} milliseconds between frames */
export function samplingStep(sights) {
  const times = [...new Set(sights.map((sight) => sight[0]))].sort((one, other) => one - other);
  const gaps = times.slice(1).map((time, place) => time - times[place]);
  gaps.sort((one, other) => one - other);
  const middle = gaps[gaps.length >> 1] ?? 500;
  return Math.min(middle, LONGEST_STEP);
}

/** @returns {{times: number[], sights: number[][]}[]} the ways that one thing went */
export function paths(sights, step) {
  const ended = [];
  let open = [];
  for (const sight of [...sights].sort((one, other) => one[0] - other[0])) {
    const late = (path) => sight[0] - path.at(-1)[0] > 1.5 * step;
    ended.push(...open.filter(late));
    open = open.filter((path) => !late(path));
    const nearest = open
      .filter((path) => path.at(-1)[0] < sight[0] && touch(path.at(-1), sight))
      .sort((one, other) => distance(one.at(-1), sight) - distance(other.at(-1), sight))[0];
    if (nearest) nearest.push(sight);
    else open.push([sight]);
  }
  return [...ended, ...open].map((way) => ({ times: way.map((sight) => sight[0]), sights: way }));
}

/** @returns {number[][]} the boxes [left, top, width, height] at a time */
export function boxesAt(ways, at, step) {
  return ways
    .filter(({ times }) => at >= times[0] - step / 2 && at <= times.at(-1) + step / 2)
    .map((way) => between(way, at));
}

function between({ times, sights }, at) {
  const place = lastBefore(times, at);
  const [one, other] = [sights[Math.max(place, 0)], sights[Math.min(place + 1, sights.length - 1)]];
  const gone = other[0] > one[0] ? (at - one[0]) / (other[0] - one[0]) : 0;
  return one.slice(1).map((side, index) => side + gone * (other[index + 1] - side));
}

function touch(one, other) {
  const apart = (side) =>
    one[side] > other[side] + other[side + 2] || other[side] > one[side] + one[side + 2];
  return !apart(1) && !apart(2);
}

function distance(one, other) {
  const middle = (sight, side) => sight[side] + sight[side + 2] / 2;
  return Math.hypot(middle(one, 1) - middle(other, 1), middle(one, 2) - middle(other, 2));
}
