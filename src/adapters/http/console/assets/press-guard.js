/**
 * Keeps the second press of a double click from pressing another button. A press counts only when the button
 * has had its place and its text for a while, and when it is not a second press on the same spot. Repeating
 * keys press nothing.
 */

/** How long a button must have been unchanged, ms: longer than any double click. */
const STEADY_MS = 700;
/** A button that moved by at most this counts as still, px. */
const STILL_PX = 2;
/** Two presses at most this far apart are on the same spot, px. */
const SAME_SPOT_PX = 24;
const PRESSABLE = 'button, summary, a.button, input[type="submit"]';

/**
 * @typedef {{ text: string, left: number, top: number, width: number, height: number, since: number }} Seen
 */
/** @type {WeakMap<Element, Seen>} */
const seen = new WeakMap();
/**
 * The last press, whether it counted or not.
 * @type {{ at: number, target: Element, x: number, y: number } | undefined}
 */
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
  // The user scrolls, so a button that changes its place by scrolling has not moved.
  addEventListener('scroll', () => look({ scrolled: true }), { capture: true, passive: true });
  document.addEventListener('click', onClick, true);
  document.addEventListener('keydown', onKey, true);
}

/** Notes the place and the text of every button. */
function look({ scrolled = false } = {}) {
  const now = performance.now();
  for (const button of document.querySelectorAll(PRESSABLE)) note(button, now, scrolled);
}

/**
 * @param {Element} button
 * @param {number} now
 * @param {boolean} [scrolled]
 * @returns {number} when the button last changed
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
  // A click by key has no place, so only the button itself is compared.
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

/** A key held down would press the button that takes the place of the first. @param {KeyboardEvent} event */
function onKey(event) {
  if (!event.repeat || (event.key !== 'Enter' && event.key !== ' ')) return;
  if (event.target instanceof Element && event.target.closest(`${PRESSABLE}, input`)) event.preventDefault();
}

/** @param {number} a @param {number} b @param {number} most */
const near = (a, b, most) => Math.abs(a - b) <= most;
