/** The frame of a picture or video takes the room that there is, in the medium's own proportions. */

// what is enlarged more is only blurred
const LARGEST_ENLARGEMENT = 2;

/**
 * @param {HTMLElement} frame
 * @param {number} width in pixels, as it is shown, that is turned upright
 * @param {number} height
 */
export function fitFrame(frame, width, height) {
  if (!width || !height) return;
  frame.style.setProperty("--ratio", width / height);
  frame.style.setProperty("--widest", `${LARGEST_ENLARGEMENT * width}px`);
  frame.classList.add("fitted");
}
