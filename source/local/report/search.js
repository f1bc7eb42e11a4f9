/** A field that leaves only those findings, words and captions in sight in which its text is. */

// as many words are marked at most
const MOST_HITS = 500;

/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} outcome says how much was found
 * @param {HTMLElement} root
 */
export function connectSearch(field, outcome, root) {
  let known;
  const search = () => {
    known ??= read(root);
    show(field.value.trim().toLowerCase(), known, outcome, root);
  };
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    event.preventDefault();
    field.value = "";
    search();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, [contenteditable]")) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}

function read(root) {
  const textOf = (part) => part.textContent.toLowerCase();
  const rows = (selector) =>
    [...root.querySelectorAll(selector)].map((row) => ({ row, text: textOf(row) }));
  return {
    called: root.querySelector(".transcript")?.dataset.called,
    findings: rows(".findings > li"),
    captions: rows(".captions li"),
    paragraphs: [...root.querySelectorAll(".transcript > p")].map((row) => ({
      row,
      text: textOf(row.querySelector(".words")),
    })),
    // closed by default; each remembers how it was
    folded: [...root.querySelectorAll("details")].map((one) => ({ one, open: one.open })),
  };
}

function show(wanted, known, outcome, root) {
  root.classList.toggle("searching", Boolean(wanted));
  for (const { one, open } of known.folded) one.open = wanted ? true : open;
  const findings = keep(known.findings, wanted);
  keep(known.captions, wanted);
  const paragraphs = keep(known.paragraphs, wanted);
  const words = markWords(paragraphs, wanted, root);
  const count = (number, one, more) => `${number.toLocaleString("en")} ${number === 1 ? one : more}`;
  const told = [count(findings.length, "finding", "findings")];
  if (known.paragraphs.length) told.push(`${count(words, "place", "places")} in ${known.called}`);
  outcome.textContent = wanted ? told.join(", ") : "";
}

function keep(rows, wanted) {
  const kept = rows.filter(({ row, text }) => {
    row.hidden = !text.includes(wanted);
    return !row.hidden;
  });
  return wanted ? kept : rows;
}

/** Marks the words in which the text is, and counts its places. */
function markWords(paragraphs, wanted, root) {
  root.querySelectorAll(".hit").forEach((word) => word.classList.remove("hit"));
  if (!wanted) return 0;
  let places = 0;
  for (const { row, text } of paragraphs) {
    const starts = [];
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      starts.push(at);
    }
    if (places < MOST_HITS) mark(row.querySelector(".words"), starts, wanted.length);
    places += starts.length;
  }
  return places;
}

function mark(words, starts, length) {
  let begin = 0;
  for (const part of words.childNodes) {
    const end = begin + part.textContent.length;
    const hit = starts.some((start) => start < end && start + length > begin);
    if (hit && part.classList) part.classList.add("hit");
    begin = end;
  }
}
