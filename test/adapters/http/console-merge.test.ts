import { expect } from 'chai';
import { Window, type HTMLElement, type HTMLInputElement, type HTMLTextAreaElement } from 'happy-dom';

/** Globals of a browser that the script uses. */
const FROM_THE_BROWSER = [
  'document',
  'HTMLElement',
  'HTMLAudioElement',
  'HTMLFormElement',
  'HTMLInputElement',
  'HTMLTextAreaElement',
] as const;

interface MergeScript {
  remember(root: unknown): void;
  mergePage(newer: unknown, renewed?: unknown): void;
}

describe('HTTP: merging a newer page of the console', () => {
  const before = new Map<string, PropertyDescriptor | undefined>();
  let window: Window;
  let script: MergeScript;

  beforeEach(async () => {
    window = new Window();
    for (const name of FROM_THE_BROWSER) {
      before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
      Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
    }
    const address = new URL('../../../src/adapters/http/console/assets/merge.js', import.meta.url).href;
    script = (await import(address)) as MergeScript;
  });
  afterEach(async () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
    await window.happyDOM.close();
  });

  const shows = (html: string): void => {
    window.document.body.innerHTML = html;
    script.remember(window.document);
  };
  const comes = (html: string, renewed?: unknown): void => {
    const newer = new window.DOMParser().parseFromString(`<html><body>${html}</body></html>`, 'text/html');
    script.mergePage(newer, renewed ?? null);
  };
  const one = (selector: string) => window.document.querySelector(selector) as HTMLElement;
  const all = (selector: string): string[] =>
    [...window.document.querySelectorAll(selector)].map((element) => element.textContent.trim());
  const list = (...items: string[]): string => `<ol id="tips" data-live>${items.join('')}</ol>`;
  const item = (key: string, text = key): string => `<li data-key="${key}">${text}</li>`;

  it('keeps unchanged elements, also in another order', () => {
    shows(list(item('a'), item('b')));
    const [a, b] = [one('[data-key=a]'), one('[data-key=b]')];
    comes(list(item('c'), item('b'), item('a')));
    expect(all('li')).to.deep.equal(['c', 'b', 'a']);
    expect([one('[data-key=a]') === a, one('[data-key=b]') === b]).to.deep.equal([true, true]);
    comes(list(item('a', 'new')));
    expect(all('li')).to.deep.equal(['new']);
  });

  it('changes live parts only', () => {
    shows(`<p id="still">old</p>${list(item('a'))}`);
    comes(`<p id="still">new</p>${list(item('a', 'new'))}`);
    expect([all('#still'), all('li')]).to.deep.equal([['old'], ['new']]);
    comes('<p>a page without the part</p>');
    expect(all('li')).to.deep.equal(['new']);
  });

  it('renews changed inner pieces, and keeps the others', () => {
    const card = (note: string, count: string, look = 'calm'): string =>
      list(
        `<li data-key="t" class="${look}"><p data-key="count">${count}</p><form data-key="form"><textarea>${note}</textarea></form></li>`,
      );
    shows(card('', '1'));
    const form = one('form');
    comes(card('', '2', 'loud'));
    expect([all('p'), one('li').className, one('form') === form]).to.deep.equal([['2'], 'loud', true]);
  });

  const form = (note: string): string =>
    list(`<li data-key="t"><form data-key="form"><textarea>${note}</textarea><button>Bewaar</button></form></li>`);

  const area = () => one('textarea') as HTMLTextAreaElement;

  it('keeps unsent text until its form is sent', () => {
    shows(form(''));
    const before = area();
    before.value = 'half een zin';
    comes(form('van een collega'));
    expect(area().value).to.equal('half een zin');
    comes(form('half een zin'), one('form'));
    expect(area()).not.to.equal(before);
    expect(area().value).to.equal('half een zin');
    comes(form('van een collega'));
    expect(area().value).to.equal('van een collega');
  });

  it('keeps a field while the cursor is in it', () => {
    shows(form(''));
    area().focus();
    comes(form('van een collega'));
    expect([window.document.activeElement === area(), area().value]).to.deep.equal([true, '']);
    area().blur();
    comes(form('van een collega'));
    expect(area().value).to.equal('van een collega');
  });

  it('keeps an unsent choice and an open form', () => {
    const choice = (text: string): string =>
      list(`<li data-key="t"><form data-key="form"><label>${text}<input type="checkbox"></label></form></li>`);
    shows(choice('old'));
    (one('input') as HTMLInputElement).checked = true;
    comes(choice('new'));
    expect(all('label')).to.deep.equal(['old']);
    const open = (text: string): string =>
      list(`<li data-key="c"><details><summary>${text}</summary><form></form></details></li>`);
    shows(open('old'));
    one('details').setAttribute('open', '');
    comes(open('new'));
    expect(all('summary')).to.deep.equal(['old']);
    one('details').removeAttribute('open');
    comes(open('new'));
    expect(all('summary')).to.deep.equal(['new']);
  });

  it('keeps a playing recording', () => {
    const sound = (label: string): string =>
      list(`<li data-key="t"><audio data-key="sound" aria-label="${label}"></audio></li>`);
    shows(sound('old'));
    const player = one('audio');
    Object.defineProperty(player, 'paused', { value: false, configurable: true });
    comes(sound('new'));
    expect(one('audio')).to.equal(player);
    Object.defineProperty(player, 'paused', { value: true });
    comes(sound('new'));
    expect(one('audio').getAttribute('aria-label')).to.equal('new');
  });

  it('moves the focus from a button to the button that replaces it', () => {
    const buttons = (key: string, text: string): string =>
      `<div id="controls" data-live><form data-key="${key}"><button>${text}</button></form></div>`;
    shows(buttons('pause', 'Pauzeer'));
    one('button').focus();
    comes(buttons('resume', 'Hervat'));
    expect(window.document.activeElement?.textContent).to.equal('Hervat');
    comes(buttons('resume', 'Hervat nu'));
    expect(window.document.activeElement?.textContent).to.equal('Hervat nu');
  });
});
