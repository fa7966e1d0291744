// A deadline stands in the city's time; a reader elsewhere is told the same moment on their own clock as well. It runs
// in the head, so that the line has its room before anything is painted; without it the city's time stands alone.

(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const city = script.dataset.zone ?? "UTC";
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!own || own === city) return;
  /** @param {Date} moment @param {string} zone */
  const wall = (moment, zone) => moment.toLocaleString("sv", { timeZone: zone });
  const year = new Date().getFullYear();
  const months = Array.from({ length: 24 }, (_, month) => new Date(Date.UTC(year, month, 15)));
  if (months.every((moment) => wall(moment, own) === wall(moment, city))) return;
  document.documentElement.classList.add("other-zone");
  document.addEventListener("DOMContentLoaded", () => {
    const words = new Intl.DateTimeFormat(document.documentElement.lang, {
      weekday: "long", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short",
    });
    for (const line of document.querySelectorAll(".deadline__own")) {
      const time = line.previousElementSibling;
      if (!(line instanceof HTMLElement) || !(time instanceof HTMLTimeElement)) continue;
      const moment = new Date(time.dateTime);
      if (wall(moment, own) !== wall(moment, city)) {
        line.textContent = (line.dataset.words ?? "{moment}").replace("{moment}", words.format(moment));
      }
    }
  });
})();
