/** Connects the parts of a report that are there. */

import { movingBoxes, placeNames } from "./boxes.js";
import { fitFrame } from "./frame.js";
import { addCaptions, connectPlayer, followMoments, playAnyway } from "./player.js";
import { along, rove, untab } from "./roving.js";
import { connectSearch } from "./search.js";
import { connectTimeline } from "./timeline.js";
import { connectCaptions, connectTranscript } from "./transcript.js";

/** What belongs to a finding is marked wherever one of its parts is pointed at or has the focus. */
function linkFindings(root) {
  const mark = (event) => {
    const found = event.target.closest?.("[data-finding]")?.dataset.finding;
    for (const part of root.querySelectorAll(".active")) {
      if (part.dataset.finding !== found) part.classList.remove("active");
    }
    if (found === undefined) return;
    for (const part of root.querySelectorAll(`[data-finding="${found}"]`)) {
      part.classList.add("active");
    }
  };
  root.addEventListener("pointerover", mark);
  root.addEventListener("focusin", mark);
}

function connectPicture(picture) {
  const frame = picture.parentElement;
  const fit = () => fitFrame(frame, picture.naturalWidth, picture.naturalHeight);
  if (picture.complete) fit();
  else picture.addEventListener("load", fit);
  const boxes = frame.querySelector(".boxes");
  if (boxes) connectBoxes(boxes);
}

function connectBoxes(boxes) {
  const items = [...boxes.querySelectorAll(".box")];
  untab(items);
  rove(boxes, items, along(items.length));
  const place = () => placeNames(boxes);
  new ResizeObserver(place).observe(boxes);
  document.querySelector(".choices")?.addEventListener("change", place);
}

function connectMedium(element, main) {
  const player = connectPlayer(element);
  const fit = () => fitFrame(element.parentElement, element.videoWidth, element.videoHeight);
  element.addEventListener("loadedmetadata", fit);
  if (element.readyState) fit();
  playAnyway(element);
  followMoments(main, player.go);
  const tracks = [...main.querySelectorAll("[data-language]")];
  addCaptions(element, tracks);
  tracks.forEach((track) => connectCaptions(track, player));
  const timeline = main.querySelector("#timeline");
  if (timeline) connectTimeline(timeline, player);
  const transcript = main.querySelector("#transcript");
  if (transcript) connectTranscript(transcript, player);
  const sights = main.querySelector("#sights");
  if (sights) {
    const draw = movingBoxes(main.querySelector(".moving"), JSON.parse(sights.textContent));
    player.onTime(draw);
    new ResizeObserver(() => draw(element.currentTime)).observe(element);
  }
}

function connectPage() {
  const main = document.querySelector("main");
  linkFindings(main);
  const field = main.querySelector("#search");
  if (field) {
    field.closest(".search").hidden = false;
    connectSearch(field, main.querySelector("#outcome"), main);
  }
  const picture = main.querySelector(".frame > img");
  if (picture) connectPicture(picture);
  const player = main.querySelector("#player");
  if (player) connectMedium(player, main);
}

connectPage();
