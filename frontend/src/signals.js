// What is heard and felt: tones, vibration, and a screen that stays awake.

/** @type {AudioContext | undefined} */
let audio;

/** Browsers let a page sound only after a touch. */
function unlock() {
  audio ??= new AudioContext();
  void audio.resume();
}

addEventListener("pointerdown", unlock);
addEventListener("keydown", unlock);

/**
 * @param {number} pitch in hertz
 * @param {number} after in seconds
 * @param {number} lasts in seconds
 * @param {OscillatorType} shape
 */
function tone(pitch, after, lasts, shape) {
  if (!audio) return;
  const starts = audio.currentTime + after;
  const source = new OscillatorNode(audio, { frequency: pitch, type: shape });
  const volume = new GainNode(audio, { gain: 0.35 });
  volume.gain.setValueAtTime(0.35, starts + lasts - 0.02);
  volume.gain.linearRampToValueAtTime(0, starts + lasts);
  source.connect(volume).connect(audio.destination);
  source.start(starts);
  source.stop(starts + lasts);
}

/** Two rising tones and one short pulse for yes; a low double buzz and a long pulse for no. @param {boolean} good */
export function signal(good) {
  if (good) {
    tone(880, 0, 0.09, "sine");
    tone(1320, 0.1, 0.14, "sine");
  } else {
    tone(170, 0, 0.18, "square");
    tone(140, 0.24, 0.28, "square");
  }
  navigator.vibrate?.(good ? 80 : [220, 90, 220]);
}

/** Keep the screen on while the page is seen. */
export async function stayAwake() {
  if (!document.hidden) await navigator.wakeLock?.request("screen").catch(() => undefined);
}

document.addEventListener("visibilitychange", stayAwake);
