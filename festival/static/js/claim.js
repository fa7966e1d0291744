// Two kindnesses of the claim form, both unseen: while it is filled in, a proof of work is found that lets it
// pass where many come from one network; and when the house is full, the form is sent again by itself.

/** Whether a digest begins with `bits` zero bits. @param {ArrayBuffer} digest @param {number} bits */
const begins = (digest, bits) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0;

/** @param {HTMLFormElement} form */
async function prove(form) {
  const bits = Number(form.dataset.proofBits);
  const key = /** @type {HTMLInputElement} */ (form.elements.namedItem("key")).value;
  const nonce = /** @type {HTMLInputElement} */ (form.elements.namedItem("nonce"));
  const encoder = new TextEncoder();
  for (let tries = 0; tries < 2 ** 20; tries += 1) {
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${key}:${tries}`));
    if (begins(digest, bits)) {
      nonce.value = String(tries);
      return;
    }
  }
}

/** @param {HTMLFormElement} form */
function tryAgain(form) {
  // Spread over half as long again, so that those who were turned away together do not come back together.
  const wait = Number(form.dataset.retryAfter) * (1 + Math.random() / 2) * 1000;
  const bar = form.querySelector("progress");
  const started = performance.now();
  if (bar) bar.hidden = false;
  const timer = setInterval(() => {
    const passed = performance.now() - started;
    if (bar) bar.value = (passed / wait) * bar.max;
    if (passed >= wait) {
      clearInterval(timer);
      form.requestSubmit();
    }
  }, 200);
}

for (const form of document.forms) {
  if (form.dataset.proofBits && globalThis.crypto?.subtle) prove(form);
  if (form.dataset.retryAfter) tryAgain(form);
}
