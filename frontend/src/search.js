// Finding a party by name: masked, at most ten, on the server only. What is found leaves the page when it is closed.

import { part, word, write } from "./screen.js";

/** @import {Party} from "./types" */

const MOST = 10;
const panel = part("search", HTMLElement);
const list = part("search-found", HTMLElement);

/**
 * @param {(words: string) => Promise<Party[] | null>} search
 * @param {(party: Party) => void} choose
 */
export function offerSearch(search, choose) {
  const close = () => {
    panel.hidden = true;
    list.replaceChildren();
    part("search-words", HTMLInputElement).value = "";
    write("search-told", "", true);
  };
  part("search-open", HTMLElement).addEventListener("click", () => {
    panel.hidden = false;
    part("search-words", HTMLElement).focus();
  });
  part("search-close", HTMLElement).addEventListener("click", close);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  part("search-form", HTMLFormElement).addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = await search(part("search-words", HTMLInputElement).value);
    write("search-told", told(found), true);
    list.replaceChildren(...(found ?? []).map((party) => row(party, () => (close(), choose(party)))));
  });
}

/** @param {Party[] | null} found */
function told(found) {
  if (!found) return word("search_offline");
  if (!found.length) return word("found_none");
  return found.length >= MOST ? word("found_many") : "";
}

/**
 * @param {Party} party
 * @param {() => void} act
 */
function row({ name, people_in, party }, act) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet";
  button.textContent = word("found_one", { name, people: people_in, party });
  button.addEventListener("click", act);
  item.append(button);
  return item;
}
