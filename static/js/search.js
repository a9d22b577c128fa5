// The search field: what one may mean while one types, and what one searched for lately. The latter stays in this browser.

const KEY = "recent-searches";
const MOST = 8;
const PAUSE = 150; // milliseconds without a key before the shop is asked

const form = document.querySelector("[data-typed]");
const field = form?.querySelector("input[type=search]");
const sheet = form?.querySelector(".typed");
const list = sheet?.querySelector("[role=listbox]");
const lately = form?.querySelector("template");
let timer = 0;
let asking;

function recent() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((words) => typeof words === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function keep(words) {
  try {
    if (words.length) localStorage.setItem(KEY, JSON.stringify(words));
    else localStorage.removeItem(KEY);
  } catch { /* a browser that keeps nothing searches all the same */ }
}

function options() {
  return [...list.querySelectorAll("[role=option]")];
}

function mark(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else field.removeAttribute("aria-activedescendant");
}

function close() {
  clearTimeout(timer);
  asking?.abort();
  sheet.hidden = true;
  field.setAttribute("aria-expanded", "false");
  mark(null);
}

function open() {
  sheet.hidden = options().length === 0;
  field.setAttribute("aria-expanded", String(!sheet.hidden));
  mark(null);
}

function showRecent() {
  const words = recent();
  list.replaceChildren();
  sheet.querySelector("button")?.remove();
  if (!words.length) return close();
  const drawn = lately.content.cloneNode(true);
  const group = drawn.querySelector("[role=group]");
  for (const [number, each] of words.entries()) {
    const option = document.createElement("a");
    option.id = `typed-recent-${number}`;
    option.setAttribute("role", "option");
    option.tabIndex = -1;
    option.href = `${form.action}?${new URLSearchParams({ q: each })}`;
    option.textContent = each;
    option.dir = "auto";
    group.append(option);
  }
  const clear = drawn.querySelector("button");
  clear.addEventListener("click", () => {
    keep([]);
    list.replaceChildren();
    clear.remove();
    close();
    field.focus();
  });
  list.append(group);
  sheet.append(clear);
  return open();
}

async function ask() {
  const words = field.value.trim();
  if (!words) return showRecent();
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`${form.dataset.typed}?${new URLSearchParams({ q: words })}`, { signal: asking.signal });
    if (!answer.ok) return close();
    const text = await answer.text();
    if (field.value.trim() !== words || document.activeElement !== field) return undefined;
    sheet.querySelector("button")?.remove();
    list.innerHTML = text; // made by the shop's own templates, which escape every name
    return open();
  } catch (error) {
    if (error.name !== "AbortError") close();
    return undefined;
  }
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const at = all.findIndex((option) => option.id === field.getAttribute("aria-activedescendant"));
  const next = at + by;
  mark(next < 0 && at <= 0 && by < 0 && at !== -1 ? null : all[(next + (at === -1 && by < 0 ? 1 : 0) + all.length) % all.length]);
}

function press(event) {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (sheet.hidden) ask();
    else step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape" && !sheet.hidden) {
    event.preventDefault();
    close();
  } else if (event.key === "Enter" && field.hasAttribute("aria-activedescendant")) {
    event.preventDefault();
    document.getElementById(field.getAttribute("aria-activedescendant"))?.click();
  }
}

if (list) {
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) field.setAttribute(name, value);
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("focus", () => { if (!field.value.trim()) showRecent(); });
  field.addEventListener("keydown", press);
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  sheet.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  form.addEventListener("submit", () => {
    const words = field.value.trim().slice(0, 80);
    if (words) keep([words, ...recent().filter((each) => each !== words)].slice(0, MOST));
    close();
  });
}
