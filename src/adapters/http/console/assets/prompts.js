/**
 * Records sentences on the page with the prompts, or takes them from files. The browser decodes the sound of
 * its microphone or of the file. The server gets a wav with 16 bits a sample.
 */

/** Longest recording, ms. No sentence takes that long. */
const MOST_MS = 60_000;
/** Hz. Telephones carry less than half of it. */
const RATE = 16_000;

/**
 * The recording that is being made.
 * @type {{ button: HTMLButtonElement, recorder: MediaRecorder } | undefined}
 */
let now;

for (const buttons of document.querySelectorAll('[data-needs-script]')) buttons.removeAttribute('hidden');
for (const button of document.querySelectorAll('button[data-record]')) {
  if (!(button instanceof HTMLButtonElement)) continue;
  // A browser gives the microphone only to pages that come over https or from this machine.
  button.hidden = !('mediaDevices' in navigator) || typeof MediaRecorder === 'undefined';
  button.addEventListener('click', () => void (now?.button === button ? now.recorder.stop() : record(button)));
}
for (const input of document.querySelectorAll('input[data-file]')) {
  if (!(input instanceof HTMLInputElement)) continue;
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) void send(input, file);
    input.value = '';
  });
}

/** Records until the button is pressed again. @param {HTMLButtonElement} button */
async function record(button) {
  now?.recorder.stop();
  /** @type {MediaStream} */
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    say('De microfoon is niet te gebruiken. Geef de browser toestemming, of kies een bestand.');
    return;
  }
  const recorder = new MediaRecorder(stream);
  /** @type {Blob[]} */
  const pieces = [];
  const limit = setTimeout(() => recorder.stop(), MOST_MS);
  const label = button.firstChild;
  recorder.addEventListener('dataavailable', ({ data }) => void pieces.push(data));
  recorder.addEventListener('stop', () => {
    clearTimeout(limit);
    for (const track of stream.getTracks()) track.stop();
    if (label) label.textContent = 'Neem op';
    now = undefined;
    void send(button, new Blob(pieces));
  });
  now = { button, recorder };
  recorder.start();
  if (label) label.textContent = 'Klaar';
  say('Spreek de zin nu in, en druk dan op Klaar.');
}

/**
 * Sends a sound as the recording of the sentence around this element.
 * @param {Element} part
 * @param {Blob} sound
 */
async function send(part, sound) {
  const sentence = part.closest('[data-sentence]');
  const reader = document.getElementById('reader');
  if (!(sentence instanceof HTMLElement) || !(reader instanceof HTMLInputElement)) return;
  say('Even geduld.');
  try {
    const body = await asWav(sound);
    const path = `/console/prompts/${sentence.dataset['sentence'] ?? ''}?reader=${encodeURIComponent(reader.value)}`;
    const response = await fetch(path, { method: 'POST', headers: { 'content-type': 'audio/wav' }, body });
    const { text } = await response.json();
    say(text);
    if (response.ok) await show(sentence.id);
  } catch {
    say('Dat is niet gelukt. Probeer het nog eens.');
  }
}

/** Takes the sentence and the state of its set from the page as it is now. @param {string} id */
async function show(id) {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
  const [before, after] = [document.getElementById(id), page.getElementById(id)];
  const [takes, buttons] = [after?.querySelectorAll('.take') ?? [], before?.querySelector('.buttons')];
  for (const take of before?.querySelectorAll('.take') ?? []) take.remove();
  for (const take of takes) buttons?.before(document.importNode(take, true));
  for (const state of document.querySelectorAll('[data-set]')) {
    const key = state.getAttribute('data-set') ?? '';
    state.textContent = page.querySelector(`[data-set="${key}"]`)?.textContent ?? state.textContent;
  }
}

/** @param {string} text */
function say(text) {
  const message = document.getElementById('recorder-message');
  if (message) message.textContent = text;
}

/** Any sound that the browser can play, as a wav. Rejects for any other file. @param {Blob} sound */
async function asWav(sound) {
  const context = new OfflineAudioContext(1, 1, RATE);
  const decoded = await context.decodeAudioData(await sound.arrayBuffer());
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, index) => decoded.getChannelData(index));
  const view = new DataView(new ArrayBuffer(44 + decoded.length * 2));
  header(view, decoded.length);
  for (let at = 0; at < decoded.length; at++) {
    const mean = channels.reduce((sum, samples) => sum + (samples[at] ?? 0), 0) / channels.length;
    view.setInt16(44 + at * 2, Math.round(Math.max(-1, Math.min(1, mean)) * 32_767), true);
  }
  return new Blob([view.buffer], { type: 'audio/wav' });
}

/**
 * Writes the header of a wav with one channel and 16 bits a sample.
 * @param {DataView} view
 * @param {number} samples
 */
function header(view, samples) {
  const text = (/** @type {number} */ at, /** @type {string} */ letters) => {
    [...letters].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  };
  text(0, 'RIFF');
  view.setUint32(4, 36 + samples * 2, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples * 2, true);
}
