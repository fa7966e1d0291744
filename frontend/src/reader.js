// The worker that reads codes out of camera frames: one frame in, one text or null out.

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

/** @import {ReaderOptions} from "zxing-wasm/reader" */

prepareZXingModule({
  // zxing-wasm would fetch this from a CDN.
  overrides: { locateFile: () => new URL("./zxing_reader.wasm", self.location.href).href },
  fireImmediately: true,
});

/** @type {ReaderOptions} */
const OPTIONS = { formats: ["QRCode"], tryHarder: true, tryInvert: true, tryRotate: true, tryDownscale: true, maxNumberOfSymbols: 1 };

const canvas = new OffscreenCanvas(1, 1);
const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));

/** @param {ImageBitmap} frame */
async function read(frame) {
  if (canvas.width !== frame.width || canvas.height !== frame.height) {
    canvas.width = frame.width;
    canvas.height = frame.height;
  }
  context.drawImage(frame, 0, 0);
  frame.close();
  const found = await readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), OPTIONS);
  return found.find((code) => code.isValid)?.text ?? null;
}

self.onmessage = async (/** @type {MessageEvent<ImageBitmap>} */ { data }) => {
  self.postMessage(await read(data).catch(() => null));
};
