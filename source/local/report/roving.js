/** A group that is one stop for the Tab key, and in which the arrow keys move. */

/**
 * @param {HTMLElement | SVGElement} group
 * @param {(HTMLElement | SVGElement)[]} items
 * @param {(key: string, place: number) => number | undefined} next where a key leads
 */
export function rove(group, items, next) {
  if (!items.length) return;
  let current = 0;
  const mark = (place) => {
    items[current].setAttribute("tabindex", "-1");
    current = place;
    items[current].setAttribute("tabindex", "0");
  };
  group.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === " " && event.target !== group) {
      event.preventDefault();
      event.target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      return;
    }
    const place = next(event.key, current);
    if (place === undefined || !items[place]) return;
    event.preventDefault();
    mark(place);
    items[place].focus();
  });
  group.addEventListener("focusin", (event) => {
    const place = items.indexOf(event.target);
    if (place >= 0) mark(place);
  });
}

/** One tab stop instead of many, for items that are links. */
export function untab(items) {
  items.forEach((item, place) => item.setAttribute("tabindex", place ? "-1" : "0"));
}

/** @returns {(key: string, place: number) => number | undefined} along one line */
export function along(count) {
  return (key, place) =>
    ({
      ArrowRight: Math.min(place + 1, count - 1),
      ArrowDown: Math.min(place + 1, count - 1),
      ArrowLeft: Math.max(place - 1, 0),
      ArrowUp: Math.max(place - 1, 0),
      Home: 0,
      End: count - 1,
    })[key];
}
