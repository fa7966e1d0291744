// The page of an event: what changed since somebody last looked (kept in this browser only), sharing, other calendars.

const KEY = "fest-seen";
const MOST = 120;
const notice = document.getElementById("changed");

/** @returns {Record<string, {revision: string, when: string, where: string}>} */
function seen() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

if (notice) {
  const { key = "", revision = "", when = "", where = "" } = notice.dataset;
  const all = seen();
  const before = all[key];
  if (before && before.revision !== revision) {
    const was = [before.when !== when && before.when, before.where !== where && before.where].filter(Boolean).join(" · ");
    const said = notice.querySelector("[data-was]");
    if (said) said.textContent = was;
    notice.hidden = !was;
  }
  delete all[key];
  all[key] = { revision, when, where };
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(Object.entries(all).slice(-MOST))));
  } catch {
    // A browser that keeps nothing is told nothing.
  }
}

const said = document.querySelector("[data-said]");
const share = document.querySelector("[data-share]");
if (share instanceof HTMLButtonElement && "share" in navigator) {
  share.hidden = false;
  share.addEventListener("click", () => {
    navigator.share({ title: share.dataset.title, url: share.dataset.address }).catch(() => undefined);
  });
}
const copy = document.querySelector("[data-copy]");
if (copy instanceof HTMLButtonElement && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copy.dataset.copy ?? "");
    if (said) said.textContent = copy.dataset.done ?? "";
  });
}

// ------------------------------------------------------------ the reader's other calendar

/** @type {Record<string, string>} */
const OTHERS = { am: "am-u-ca-ethiopic", ar: "ar-u-ca-islamic-umalqura", so: "so-u-ca-islamic-umalqura", "zh-Hans": "zh-u-ca-chinese", ko: "ko-u-ca-dangi" };
const other = OTHERS[document.documentElement.lang];
const when = document.querySelector(".facts time[datetime]");
if (other && when instanceof HTMLTimeElement) {
  const [year, month, date] = when.dateTime.slice(0, 10).split("-").map(Number);
  const text = new Intl.DateTimeFormat(other, { dateStyle: "long", timeZone: "UTC" }).format(Date.UTC(year, month - 1, date));
  const line = Object.assign(document.createElement("span"), { className: "muted", textContent: text, dir: "auto" });
  when.parentElement?.append(document.createElement("br"), line);
}
