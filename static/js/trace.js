// Reckons the chain of a trace again in the reader's own browser; docs/reference/traces.md says how.

const panel = document.querySelector("[data-trace-script]");
const encoder = new TextEncoder();

/** The one way to write a value: keys in the order of their code points, no white space. */
function canonical(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const pairs = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join(",")}}`;
}

async function sha256(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The number of the first event that does not hold, 0 when all do; and the fingerprint of the last. */
async function reckon(events) {
  let before = "0".repeat(64);
  let number = 0;
  for (const event of events) {
    const { sha256: seal, ...content } = event;
    number += 1;
    if (content.number !== number || content.previous !== before) return { broken: content.number, head: "" };
    if ((await sha256(encoder.encode(canonical(content)))) !== seal) return { broken: content.number, head: "" };
    before = seal;
  }
  return { broken: 0, head: before };
}

function shortCode(digest) {
  return digest.slice(0, 16).toUpperCase().match(/.{4}/g).join("-");
}

function say(place, tone, text) {
  place.className = `message is-${tone}`;
  place.textContent = text;
}

async function check() {
  const result = panel.querySelector("[data-trace-result]");
  try {
    const answer = await fetch(panel.dataset.traceScript, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    const { events } = await answer.json();
    const { broken, head } = await reckon(events);
    if (broken) say(result, "error", panel.dataset.broken.replace("{number}", broken));
    else say(result, "success", panel.dataset.holds.replace("{code}", shortCode(head)));
  } catch {
    say(result, "warning", panel.dataset.unable);
  }
}

async function compare(file) {
  const result = panel.querySelector("[data-trace-paper-result]");
  const digest = await sha256(await file.arrayBuffer());
  const paper = document.querySelector(`[data-certificate="${digest}"]`);
  const number = paper?.closest("[data-number]").dataset.number;
  if (number) say(result, "success", panel.dataset.same.replace("{number}", number));
  else say(result, "warning", panel.dataset.other);
}

if (panel && globalThis.crypto?.subtle) {
  panel.hidden = false;
  panel.querySelector("[data-trace-check]").addEventListener("click", check);
  panel.querySelector("[data-trace-papers]").hidden = !document.querySelector("[data-certificate]");
  panel.querySelector("[data-trace-paper]").addEventListener("change", ({ target }) => {
    if (target.files.length) compare(target.files[0]);
  });
}
