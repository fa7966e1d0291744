// What somebody starred, kept in this browser only.

const KEY = "fest-stars";

/** @returns {Set<string>} the ids of the acts starred */
export function starred() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((id) => /^\d{1,18}$/.test(id)) : []);
  } catch {
    return new Set();
  }
}

/** @param {Set<string>} ids */
export function keep(ids) {
  try {
    localStorage.setItem(KEY, JSON.stringify([...ids].slice(-200)));
  } catch {
    // A browser that keeps nothing still shows the star until the page is left.
  }
}
