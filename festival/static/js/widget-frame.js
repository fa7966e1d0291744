// Tells the page around the frame how tall it is; nothing else leaves it.

// The body's height, not the document's: that one is never less than the frame's, which then could only grow.
const tell = () => parent.postMessage({ calendarHeight: Math.ceil(document.body.getBoundingClientRect().height) }, "*");
new ResizeObserver(tell).observe(document.body);
