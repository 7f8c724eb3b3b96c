/**
 * Keeps a second press of a double click from pressing another button. A press counts only when the button has been there,
 * on that spot and with that text, for a while, and is no second press on the same spot. Keys that repeat press nothing.
 */

/** How long a button must have been as it is, ms: longer than any double click. */
const STEADY_MS = 700;
/** A button that moves less than this has not moved, px. */
const STILL_PX = 2;
/** Two presses closer together than this are on the same spot, px. */
const SAME_SPOT_PX = 24;
const PRESSABLE = 'button, summary, a.button, input[type="submit"]';

/** @typedef {{ text: string, left: number, top: number, width: number, height: number, since: number }} Seen */
/** @type {WeakMap<Element, Seen>} */
const seen = new WeakMap();
/** The last press, whether it counted or not. @type {{ at: number, target: Element, x: number, y: number } | undefined} */
let last;

/** Watches the whole page from now on. */
export function guardPresses() {
  look();
  const changes = new MutationObserver(() => look());
  changes.observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ['class', 'hidden', 'open', 'disabled'],
  });
  new ResizeObserver(() => look()).observe(document.body);
  addEventListener('resize', () => look());
  // Scrolling is what the reader does: a button that stays in place meanwhile has not moved.
  addEventListener('scroll', () => look({ scrolled: true }), { capture: true, passive: true });
  document.addEventListener('click', onClick, true);
  document.addEventListener('keydown', onKey, true);
}

/** Notes where every button is. */
function look({ scrolled = false } = {}) {
  const now = performance.now();
  for (const button of document.querySelectorAll(PRESSABLE)) note(button, now, scrolled);
}

/**
 * @param {Element} button
 * @param {number} now
 * @param {boolean} [scrolled]
 * @returns {number} since when it is as it is
 */
function note(button, now, scrolled = false) {
  const box = button.getBoundingClientRect();
  const before = seen.get(button);
  const is = {
    text: button.textContent ?? '',
    left: box.left + scrollX,
    top: box.top + scrollY,
    width: box.width,
    height: box.height,
  };
  const same =
    before !== undefined &&
    before.text === is.text &&
    (scrolled || (near(before.left, is.left, STILL_PX) && near(before.top, is.top, STILL_PX))) &&
    near(before.width, is.width, STILL_PX) &&
    near(before.height, is.height, STILL_PX);
  const since = same ? before.since : now;
  seen.set(button, { ...is, since });
  return since;
}

/** @param {MouseEvent} event */
function onClick(event) {
  const target = event.target instanceof Element ? event.target.closest(PRESSABLE) : null;
  if (!target) return;
  const now = performance.now();
  const before = last;
  // A key has no place: then only the button itself counts.
  const [x, y] = event.detail === 0 ? [NaN, NaN] : [event.clientX, event.clientY];
  last = { at: now, target, x, y };
  const isSecond =
    before !== undefined &&
    now - before.at < STEADY_MS &&
    (before.target === target || (near(before.x, x, SAME_SPOT_PX) && near(before.y, y, SAME_SPOT_PX)));
  if (!isSecond && now - note(target, now) >= STEADY_MS) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** A key that is held down would press what takes the place of its button. @param {KeyboardEvent} event */
function onKey(event) {
  if (!event.repeat || (event.key !== 'Enter' && event.key !== ' ')) return;
  if (event.target instanceof Element && event.target.closest(`${PRESSABLE}, input`)) event.preventDefault();
}

/** @param {number} a @param {number} b @param {number} most */
const near = (a, b, most) => Math.abs(a - b) <= most;
