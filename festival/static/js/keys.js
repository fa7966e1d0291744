// Keyboard shortcuts of the staff pages: an element with data-key is pressed by its letter, "/" goes to the search,
// "g" and a letter go where the menu's entry with data-go leads, "?" lists them. They can be switched off (WCAG 2.1.4).

const STORE = "keys-off";
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("keys"));
const list = /** @type {HTMLElement} */ (dialog.querySelector("dl"));
const off = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
off.checked = localStorage.getItem(STORE) === "yes";
off.addEventListener("change", () => localStorage.setItem(STORE, off.checked ? "yes" : "no"));
let going = false;

/** @param {string} keys @param {string} words */
function row(keys, words) {
  const term = document.createElement("dt");
  for (const key of keys.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap, " ");
  }
  const told = document.createElement("dd");
  told.textContent = words;
  list.append(term, told);
}

function help() {
  list.replaceChildren();
  row("?", dialog.dataset.help ?? "");
  if (document.querySelector('input[type="search"]')) row("/", dialog.dataset.search ?? "");
  for (const found of document.querySelectorAll("[data-key]")) {
    row(/** @type {HTMLElement} */ (found).dataset.key ?? "", found.textContent?.trim() ?? "");
  }
  for (const found of document.querySelectorAll("[data-go]")) {
    row(`g ${/** @type {HTMLElement} */ (found).dataset.go}`, found.textContent?.trim() ?? "");
  }
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const typing = target.matches("input:not([type=checkbox], [type=radio]), textarea, select") || target.isContentEditable;
  if (typing || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  if (event.key === "?") return help();
  if (off.checked || !/^[a-z/]$/.test(event.key)) return;
  const name = going ? "go" : "key";
  if (event.key === "g" && !going) {
    going = true;
    setTimeout(() => (going = false), 1500);
    return;
  }
  going = false;
  const found = event.key === "/" ? document.querySelector('input[type="search"]') : document.querySelector(`[data-${name}="${event.key}"]`);
  if (!(found instanceof HTMLElement)) return;
  event.preventDefault();
  if (event.key === "/") found.focus();
  else found.click();
});
