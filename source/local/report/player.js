/** The player, and everything that leads to a moment of it. */

import { momentOf } from "./moments.js";

/**
 * @param {HTMLMediaElement} player
 * @returns {{go: (seconds: number) => void, playing: () => boolean,
 *   onTime: (tell: (seconds: number) => void) => void}}
 */
export function connectPlayer(player) {
  const listeners = [];
  const tell = () => listeners.forEach((listener) => listener(player.currentTime));
  const run = () => {
    tell();
    if (!player.paused) requestAnimationFrame(run);
  };
  player.addEventListener("play", run);
  for (const event of ["timeupdate", "seeking", "seeked", "loadeddata"]) {
    player.addEventListener(event, tell);
  }
  return {
    go(seconds) {
      player.currentTime = seconds;
      tell();
    },
    playing: () => !player.paused,
    onTime(listener) {
      listeners.push(listener);
      listener(player.currentTime);
    },
  };
}

/**
 * A click on a link to a moment, or on anything that says when it begins, goes there.
 *
 * @param {HTMLElement} root
 * @param {(seconds: number) => void} go
 */
export function followMoments(root, go) {
  root.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest('a[href^="#t="]');
    const told = event.target.closest("[data-at]");
    if (!link && !told) return;
    // words that somebody selects are not clicked
    if (!link && String(getSelection())) return;
    event.preventDefault();
    go(link ? momentOf(link.getAttribute("href")) : Number(told.dataset.at) / 1000);
  });
  addEventListener("hashchange", () => goTo(location.hash, go));
  goTo(location.hash, go);
}

/**
 * The captions of the page become those of the player.
 *
 * @param {HTMLMediaElement} player
 * @param {Iterable<HTMLElement>} tracks with data-name and data-language, each with rows that
 *   begin at data-at and end at data-to
 */
export function addCaptions(player, tracks) {
  for (const track of tracks) {
    const { name, language } = track.dataset;
    const captions = player.addTextTrack("captions", name, language);
    for (const row of track.querySelectorAll("[data-at]")) {
      const { at, to } = row.dataset;
      const text = unmarked(row.lastElementChild.textContent);
      captions.addCue(new VTTCue(at / 1000, to / 1000, text));
    }
    captions.mode = "disabled";
  }
}

/** Cues may have markup, which captions of strangers must not become. */
function unmarked(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * Some browsers play no sound or film from a data: address, but the same bytes as a blob.
 *
 * @param {HTMLMediaElement} player
 */
export function playAnyway(player) {
  const swap = () => {
    if (player.src.startsWith("data:")) player.src = URL.createObjectURL(blobOf(player.src));
  };
  player.addEventListener("error", swap);
  if (player.error) swap();
}

function blobOf(address) {
  const [head, content] = address.split(",", 2);
  const type = head.slice("data:".length, head.indexOf(";"));
  return new Blob([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], { type });
}

function goTo(hash, go) {
  const moment = momentOf(hash);
  if (moment !== null) go(moment);
}
