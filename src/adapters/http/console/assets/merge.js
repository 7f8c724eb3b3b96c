/**
 * Updates the live parts of a page from a newer copy of the page. An element with a `data-key` is one piece.
 * While its content is the same, it stays the same element, so that the user loses no typing, no playing
 * recording and no focus.
 */

/**
 * The HTML of each piece as the server sent it, because the browser changes its own copy.
 * @type {WeakMap<Element, string>}
 */
const sent = new WeakMap();

/** @param {Element} element */
const sourceOf = (element) => sent.get(element) ?? element.outerHTML;

/** Notes the HTML that the server sent, before the user changes it. @param {ParentNode} root */
export function remember(root) {
  for (const piece of root.querySelectorAll('[data-live] [data-key]')) sent.set(piece, piece.outerHTML);
}

/**
 * Updates every live part that both pages have.
 * @param {Document} newer
 * @param {Element | null} [renewed] the form that was just sent; its piece is replaced even when in use
 */
export function mergePage(newer, renewed = null) {
  for (const part of document.querySelectorAll('[data-live][id]')) {
    const other = newer.getElementById(part.id);
    if (other) mergePart(part, other, renewed);
  }
}

/**
 * @param {Element} part
 * @param {Element} newer
 * @param {Element | null} renewed
 */
function mergePart(part, newer, renewed) {
  const hadFocus = part.contains(document.activeElement);
  mergeChildren(part, newer, renewed);
  if (hadFocus && !part.contains(document.activeElement)) focusFirst(part);
}

/** @param {Element} element @returns {HTMLElement[]} */
const piecesOf = (element) =>
  /** @type {HTMLElement[]} */ ([...element.children].filter((child) => child.hasAttribute('data-key')));

/**
 * @param {Element} element
 * @param {Element} newer
 * @param {Element | null} renewed
 */
function mergeChildren(element, newer, renewed) {
  const old = new Map(piecesOf(element).map((piece) => [piece.dataset['key'], piece]));
  const wanted = piecesOf(newer);
  const kept = wanted.map((piece) => {
    const before = old.get(piece.dataset['key']);
    return before ? mergePiece(before, piece, renewed) : adopt(piece);
  });
  for (const piece of old.values()) if (!kept.includes(piece)) piece.remove();
  // Only a piece in the wrong place is moved, because an element that is moved loses its sound and its focus.
  let next = /** @type {Element | null} */ (null);
  for (const piece of kept.reverse()) {
    if (piece.parentElement !== element || nextPiece(piece) !== next) element.insertBefore(piece, next);
    next = piece;
  }
}

/** @param {Element} piece */
function nextPiece(piece) {
  let next = piece.nextElementSibling;
  while (next && !next.hasAttribute('data-key')) next = next.nextElementSibling;
  return next;
}

/**
 * The old piece where it can stay, else the new one.
 * @param {HTMLElement} old
 * @param {HTMLElement} newer
 * @param {Element | null} renewed
 * @returns {HTMLElement}
 */
function mergePiece(old, newer, renewed) {
  if (piecesOf(newer).length + piecesOf(old).length > 0 && old.tagName === newer.tagName) {
    // Never skipped as unchanged, because an inner piece that was in use may still be out of date.
    old.className = newer.className;
    mergeChildren(old, newer, renewed);
    return old;
  }
  const mustRenew = renewed !== null && old.contains(renewed);
  if (!mustRenew && (newer.outerHTML === sourceOf(old) || isInUse(old))) return old;
  const focused = old.contains(document.activeElement);
  const piece = adopt(newer);
  old.replaceWith(piece);
  if (focused) focusFirst(piece);
  return piece;
}

/** @param {HTMLElement} piece */
function adopt(piece) {
  const own = document.importNode(piece, true);
  for (const inner of [own, ...own.querySelectorAll('[data-key]')]) sent.set(inner, inner.outerHTML);
  return own;
}

/** The user is filling the piece in, or listening to it. @param {HTMLElement} piece */
function isInUse(piece) {
  if (document.activeElement?.matches('input, select, textarea') && piece.contains(document.activeElement)) return true;
  for (const player of [piece, ...piece.querySelectorAll('audio')]) {
    if (player instanceof HTMLAudioElement && !player.paused) return true;
  }
  if ([...piece.querySelectorAll('details[open] form')].length > 0) return true;
  return [...piece.querySelectorAll('form')].some(isChanged) || (piece instanceof HTMLFormElement && isChanged(piece));
}

/** @param {HTMLFormElement} form */
function isChanged(form) {
  return [...form.elements].some((field) => {
    if (field instanceof HTMLTextAreaElement) return field.value !== field.defaultValue;
    if (!(field instanceof HTMLInputElement) || field.type === 'hidden') return false;
    return field.type === 'checkbox' || field.type === 'radio'
      ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue;
  });
}

/** @param {Element} element */
function focusFirst(element) {
  const target = element.querySelector('button, summary, a[href]') ?? document.getElementById('main');
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}
