// Camera to texts: one frame in flight at a time, none queued, none while nobody looks at the page.

/** What TypeScript's DOM does not know yet. @typedef {MediaTrackCapabilities & {torch?: boolean, zoom?: {min: number, max: number}}} Abilities */

/** Milliseconds between two frames that are read: while people come, and after half a minute without a code. */
const BUSY_EVERY = 66;
const IDLE_EVERY = 200;
const IDLE_AFTER = 30_000;

export class Camera {
  /** @type {MediaStream | undefined} */
  #stream;
  #busy = false;
  #facing = "environment";
  #zoomed = false;
  #lit = false;
  /** Which start of the camera the present loop belongs to. */
  #run = 0;
  /** When the frame that is being read was taken, by performance.now(). */
  #taken = 0;
  /** When a code was last read, or the camera started. */
  #met = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {(text: string, taken: number) => void} found
   */
  constructor(video, found) {
    this.video = video;
    this.reader = new Worker(new URL("./reader.js", import.meta.url), { type: "module" });
    this.reader.onmessage = ({ data }) => {
      this.#busy = false;
      if (!data) return;
      this.#met = this.#taken;
      found(data, this.#taken);
    };
    document.addEventListener("visibilitychange", () => {
      if (!this.#stream) return;
      if (document.hidden) this.stop();
      else void this.start();
    });
  }

  /** Raises what getUserMedia raises. */
  async start() {
    this.stop();
    this.#stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: this.#facing }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    this.video.srcObject = this.#stream;
    await this.video.play();
    this.#met = performance.now();
    this.#next(this.#run);
  }

  stop() {
    this.#run += 1;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#lit = this.#zoomed = false;
  }

  /** @param {number} run */
  #next(run) {
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(() => this.#look(run));
    else setTimeout(() => this.#look(run), 66);
  }

  /** @param {number} run */
  async #look(run) {
    if (run !== this.#run) return;
    this.#next(run);
    const at = performance.now();
    // Reading costs the battery: seldom where nobody comes.
    const pause = at - this.#met > IDLE_AFTER ? IDLE_EVERY : BUSY_EVERY;
    if (this.#busy || this.video.readyState < 2 || at - this.#taken < pause) return;
    this.#busy = true;
    this.#taken = at;
    try {
      const frame = await createImageBitmap(this.video);
      this.reader.postMessage(frame, [frame]);
    } catch {
      this.#busy = false; // the camera went away between two frames
    }
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  /** What this camera can do besides seeing. */
  get abilities() {
    const found = /** @type {Abilities | undefined} */ (this.#track?.getCapabilities?.());
    return { torch: Boolean(found?.torch), zoom: Boolean(found?.zoom && found.zoom.max >= 2) };
  }

  async torch() {
    this.#lit = !this.#lit;
    await this.#track?.applyConstraints({ advanced: [/** @type {MediaTrackConstraintSet} */ ({ torch: this.#lit })] });
    return this.#lit;
  }

  async zoom() {
    this.#zoomed = !this.#zoomed;
    await this.#track?.applyConstraints({ advanced: [/** @type {MediaTrackConstraintSet} */ ({ zoom: this.#zoomed ? 2 : 1 })] });
    return this.#zoomed;
  }

  async flip() {
    this.#facing = this.#facing === "environment" ? "user" : "environment";
    await this.start();
  }
}
