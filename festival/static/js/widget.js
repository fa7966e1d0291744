// One line on another website: <script src="…/widget.js" data-area="arts" data-most="5"></script> shows our calendar
// there, in a frame of its own. Every data- attribute is a filter; several values stand between commas.

(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const frame = document.createElement("iframe");
  const address = new URL("/widget", script.src);
  for (const [name, value] of Object.entries(script.dataset)) {
    for (const one of (value ?? "").split(",")) address.searchParams.append(name, one.trim());
  }
  frame.src = address.href;
  frame.title = script.title || "Calendar";
  frame.loading = "lazy";
  frame.width = "100%";
  frame.height = "480";
  frame.setAttribute("frameborder", "0");
  window.addEventListener("message", (event) => {
    const height = event.source === frame.contentWindow && event.data && event.data.calendarHeight;
    if (typeof height === "number") frame.height = String(Math.min(height, 5000));
  });
  script.after(frame);
})();
