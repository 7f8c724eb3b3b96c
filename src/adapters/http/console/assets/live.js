/**
 * Keeps a page of the console fresh. The server says which topic changed; the script then requests the page
 * again and merges its live parts. It also sends the small forms without leaving the page. Without this
 * script everything works, except that the page does not refresh itself.
 */

import { mergePage, remember } from './merge.js';
import { guardPresses } from './press-guard.js';

const link = document.getElementById('link');
const message = document.getElementById('message');
/** The address at which to request this page again. A page that answers a form has another address. */
const here = document.body.dataset['here'] ?? location.pathname;
let about = topicsOf(document);

guardPresses();
remember(document);
if (about.length > 0) follow();
setInterval(tick, 1000);
tick();
// The message about a sent form is shown once, so a reload must not carry it in the address.
if (location.search !== '') history.replaceState(null, '', (here || location.pathname) + location.hash);
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-send')) return;
  event.preventDefault();
  void sendForm(form, event.submitter);
});

/** The topics of a page. @param {Document} page */
function topicsOf(page) {
  return (page.body.dataset['about'] ?? '').split(' ').filter((topic) => topic !== '');
}

/** @param {Document} page @param {Element | null} [renewed] */
function show(page, renewed = null) {
  // The page of a started action has topics that its draft did not have.
  about = topicsOf(page);
  mergePage(page, renewed);
}

/** Follows the changes for as long as the page is open. */
function follow() {
  const source = new EventSource('/console/live');
  let lost = false;
  source.addEventListener('changed', (event) => {
    const { topic } = JSON.parse(/** @type {MessageEvent<string>} */ (event).data);
    if (about.some((mine) => topic === mine || (mine.endsWith(':') && topic.startsWith(mine)))) void refresh();
  });
  source.addEventListener('open', () => {
    if (lost) showLink('');
    lost = false;
    // Shows the changes from before the stream was open.
    void refresh();
  });
  source.addEventListener('error', () => {
    lost = true;
    showLink('Geen verbinding met de server. Deze bladzijde is niet actueel; er wordt opnieuw verbonden.');
    if (source.readyState !== EventSource.CLOSED) return;
    // The server refused the stream: the session has ended, or the server has restarted.
    setTimeout(async () => {
      if (await refresh()) follow();
    }, 2000);
  });
}

let asking = false;
let again = false;

/** Requests the page again, one request at a time. False when the user is logged out. */
async function refresh() {
  if (asking) {
    again = true;
    return true;
  }
  asking = true;
  try {
    do {
      again = false;
      const answer = await load(here);
      if (!answer) return false;
      if (answer.ok) show(answer.page);
    } while (again);
  } catch {
    // The server cannot be reached. The stream shows this to the user, and reconnects by itself.
  } finally {
    asking = false;
    showRinging();
  }
  return true;
}

/**
 * A page of the console; undefined when the server redirected to the login page.
 * @param {string} address
 * @param {RequestInit} [init]
 */
async function load(address, init = {}) {
  const response = await fetch(address, { ...init, headers: { accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (new URL(response.url).pathname === '/console/login') {
    showLink('U bent uitgelogd. ', { href: '/console/login', text: 'Log opnieuw in' });
    return undefined;
  }
  return { ok: response.ok, page, url: response.url };
}

/** Forms that were sent and have no answer yet. @type {WeakSet<HTMLFormElement>} */
const pending = new WeakSet();

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 */
async function sendForm(form, button) {
  if (pending.has(form)) return;
  pending.add(form);
  button?.setAttribute('aria-disabled', 'true');
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  try {
    const answer = await load(form.action, { method: 'POST', body });
    if (!answer) return;
    const problem = answer.page.querySelector('[data-problem]');
    if (problem) {
      showMessage(problem.textContent ?? '', 'bar-error');
      // The page has changed since the user saw it. The form shows the current state, to be confirmed again.
      if (form.hasAttribute('data-seen')) {
        const fresh = await load(here);
        if (fresh?.ok) show(fresh.page, form);
      }
      return;
    }
    if (answer.page.body.dataset['here'] !== here) {
      location.assign(answer.url);
      return;
    }
    form.closest('details')?.removeAttribute('open');
    show(answer.page, form);
    showMessage(answer.page.getElementById('message')?.textContent ?? '', 'bar-done');
  } catch {
    showMessage('Dat is niet verstuurd: er is geen verbinding. Probeer het nog eens.', 'bar-error');
  } finally {
    pending.delete(form);
    button?.removeAttribute('aria-disabled');
    showRinging();
  }
}

/** How long a message of success is shown, ms. An error stays until the user closes it. */
const DONE_MS = 6000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;
// The page may have been loaded with a message of success.
fade();

/**
 * Shows a message over the page, which moves nothing on it.
 * @param {string} text
 * @param {'bar-done' | 'bar-error'} kind
 */
function showMessage(text, kind) {
  const bar = document.createElement('p');
  bar.className = `bar ${kind}`;
  bar.textContent = text.replace(/\s+/g, ' ').trim();
  if (kind === 'bar-error') {
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = 'Sluit';
    close.addEventListener('click', () => bar.remove());
    bar.append(' ', close);
  }
  message?.replaceChildren(bar);
  fade();
}

function fade() {
  clearTimeout(fading);
  const bar = message?.querySelector('.bar-done');
  if (bar) fading = setTimeout(() => bar.remove(), DONE_MS);
}

/**
 * @param {string} text
 * @param {{ href: string, text: string }} [anchorTo]
 */
function showLink(text, anchorTo) {
  if (!link) return;
  link.hidden = text === '';
  link.textContent = text;
  if (!anchorTo) return;
  const anchor = document.createElement('a');
  anchor.href = anchorTo.href;
  anchor.textContent = anchorTo.text;
  link.append(anchor);
}

const title = document.title;

/** Shows a ringing tip in the title, because the title is visible in a background tab too. */
function showRinging() {
  const mine = document.querySelector('[data-ringing="mine"]') !== null;
  const count = document.querySelectorAll('[data-ringing]').length;
  document.title = count === 0 ? title : `${mine ? 'TIP VOOR U' : 'Tip gaat over'} – ${title}`;
}

/** Shows how long ago each waiting call began. */
function tick() {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-since]'))) {
    const seconds = Math.max(0, Math.round((Date.now() - Number(place.dataset['since'])) / 1000));
    const minutes = Math.floor(seconds / 60);
    place.textContent = minutes === 0 ? `(${seconds} s)` : `(${minutes} min ${seconds % 60} s)`;
  }
}

showRinging();
