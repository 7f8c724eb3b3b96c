/**
 * Keeps a page of the console fresh: hears from the server what changed, asks for the page anew, and merges what is live.
 * Sends its small forms without leaving the page. Without this script everything works but the freshness.
 */

import { mergePage, remember } from './merge.js';
import { guardPresses } from './press-guard.js';

const link = document.getElementById('link');
const message = document.getElementById('message');
/** Where this page is to be had anew: what a form answered has an address of its own. */
const here = document.body.dataset['here'] ?? location.pathname;
let about = topicsOf(document);

guardPresses();
remember(document);
if (about.length > 0) follow();
setInterval(tick, 1000);
tick();
// What was done is said once, not again when the page is loaded anew.
if (location.search !== '') history.replaceState(null, '', (here || location.pathname) + location.hash);
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-send')) return;
  event.preventDefault();
  void sendForm(form, event.submitter);
});

/** What a page is about. @param {Document} page */
function topicsOf(page) {
  return (page.body.dataset['about'] ?? '').split(' ').filter((topic) => topic !== '');
}

/** @param {Document} page @param {Element | null} [renewed] */
function show(page, renewed = null) {
  // An action that has started is about other things than its draft was.
  about = topicsOf(page);
  mergePage(page, renewed);
}

/** Listens to what changes, for as long as the page is there. */
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
    // Whatever happened before the stream was there.
    void refresh();
  });
  source.addEventListener('error', () => {
    lost = true;
    showLink('Geen verbinding met de server. Deze bladzijde is niet actueel; er wordt opnieuw verbonden.');
    if (source.readyState !== EventSource.CLOSED) return;
    // The server refused: the session is over, or it has just been started anew.
    setTimeout(async () => {
      if (await refresh()) follow();
    }, 2000);
  });
}

let asking = false;
let again = false;

/** Asks for the page anew, one request at a time. True unless nobody is logged in any more. */
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
    // The stream says that the server is gone, and comes back by itself.
  } finally {
    asking = false;
    flag();
  }
  return true;
}

/**
 * A page of the console; undefined when it is the one to log in on.
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

/** Forms that were sent and are not answered yet. @type {WeakSet<HTMLFormElement>} */
const underway = new WeakSet();

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 */
async function sendForm(form, button) {
  if (underway.has(form)) return;
  underway.add(form);
  button?.setAttribute('aria-disabled', 'true');
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  try {
    const answer = await load(form.action, { method: 'POST', body });
    if (!answer) return;
    const problem = answer.page.querySelector('[data-problem]');
    if (problem) {
      say(problem.textContent ?? '', 'bar-error');
      // What was seen is not so any more: the form shows it as it is now, and has to be confirmed anew.
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
    say(answer.page.getElementById('message')?.textContent ?? '', 'bar-done');
  } catch {
    say('Dat is niet verstuurd: er is geen verbinding. Probeer het nog eens.', 'bar-error');
  } finally {
    underway.delete(form);
    button?.removeAttribute('aria-disabled');
    flag();
  }
}

/** How long it is said what was done, ms. What went wrong stays until it is closed. */
const DONE_MS = 6000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;
// Said by the page that was loaded.
fade();

/**
 * Says something beside the page: it moves nothing on it.
 * @param {string} text
 * @param {'bar-done' | 'bar-error'} kind
 */
function say(text, kind) {
  const line = document.createElement('p');
  line.className = `bar ${kind}`;
  line.textContent = text.replace(/\s+/g, ' ').trim();
  if (kind === 'bar-error') {
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = 'Sluit';
    close.addEventListener('click', () => line.remove());
    line.append(' ', close);
  }
  message?.replaceChildren(line);
  fade();
}

function fade() {
  clearTimeout(fading);
  const line = message?.querySelector('.bar-done');
  if (line) fading = setTimeout(() => line.remove(), DONE_MS);
}

/**
 * @param {string} text
 * @param {{ href: string, text: string }} [way]
 */
function showLink(text, way) {
  if (!link) return;
  link.hidden = text === '';
  link.textContent = text;
  if (!way) return;
  const anchor = document.createElement('a');
  anchor.href = way.href;
  anchor.textContent = way.text;
  link.append(anchor);
}

const title = document.title;

/** Says in the title, which a tab in the background shows too, that a tip rings. */
function flag() {
  const mine = document.querySelector('[data-ringing="mine"]') !== null;
  const count = document.querySelectorAll('[data-ringing]').length;
  document.title = count === 0 ? title : `${mine ? 'TIP VOOR U' : 'Tip gaat over'} – ${title}`;
}

/** How long ago something began. */
function tick() {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-since]'))) {
    const seconds = Math.max(0, Math.round((Date.now() - Number(place.dataset['since'])) / 1000));
    const minutes = Math.floor(seconds / 60);
    place.textContent = minutes === 0 ? `(${seconds} s)` : `(${minutes} min ${seconds % 60} s)`;
  }
}

flag();
