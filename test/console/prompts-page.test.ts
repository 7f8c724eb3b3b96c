import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { riff } from '../adapters/speech/sound-helpers.js';
import { controlRoom } from '../adapters/http/console-fixtures.js';
import { startHarness, type Harness } from '../adapters/http/harness.js';
import { MICROPHONE, openChromium, openPage, steady, violationsOf } from './support/chromium.js';

/** The measurements of any sound: they fit the sentence `thanks`. */
const GOOD = { seconds: 2.5, level: -24, clipped: 0, aboveNoise: 40 };
const SENTENCE = '[data-sentence="thanks"]';

describe('the page with the prompts in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser;
  let http: Harness;
  let page: Page;
  let sent: Buffer | undefined;

  before(async () => {
    browser = await openChromium(MICROPHONE);
  });
  after(() => browser.close());
  beforeEach(async () => {
    http = await startHarness();
    await controlRoom(http);
    sent = undefined;
    const { recordedPrompts } = http.services;
    recordedPrompts.otherwise = GOOD;
    const importTake = recordedPrompts.importTake.bind(recordedPrompts);
    recordedPrompts.importTake = (wav) => {
      sent = Buffer.from(wav);
      return importTake(wav);
    };
    page = await openPage(browser, http, '/console/prompts');
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await http.close();
  });

  const message = async (text: RegExp): Promise<void> => {
    await page.locator('#recorder-message').filter({ hasText: text }).waitFor();
  };
  /** A stereo wav of 48 kHz, as a recorder makes it. */
  const stereo = (seconds: number): Buffer => {
    const data = Buffer.alloc(seconds * 48_000 * 4);
    for (let at = 0; at < data.length; at += 2)
      data.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * 440 * Math.floor(at / 4)) / 48_000)), at);
    return riff({ code: 1, channels: 2, rate: 48_000, bits: 16 }, data);
  };

  it('takes a file, sends it as a wav of one channel, and shows the recording', async () => {
    expect(await page.locator(`${SENTENCE} audio`).count()).to.equal(0);
    const file = { name: 'dank.wav', mimeType: 'audio/wav', buffer: stereo(2) };
    await page.locator(`${SENTENCE} input[data-file]`).setInputFiles(file);
    await message(/^Bewaard\.$/);
    await page.locator(`${SENTENCE} audio`).waitFor();
    expect(sent?.toString('latin1', 0, 4)).to.equal('RIFF');
    expect([sent?.readUInt16LE(22), sent?.readUInt32LE(24)]).to.deep.equal([1, 16_000]);
    expect((sent?.length ?? 0) / 32_000).to.be.closeTo(2, 0.05);
    expect(http.services.recordedPrompts.takes.readers).to.have.property('Meldkamer').with.property('thanks');
  });

  it('says why a recording cannot be used', async () => {
    http.services.recordedPrompts.otherwise = { ...GOOD, seconds: 40 };
    const file = { name: 'dank.wav', mimeType: 'audio/wav', buffer: stereo(2) };
    await page.locator(`${SENTENCE} input[data-file]`).setInputFiles(file);
    await message(/te lang voor deze zin/);
    const text = { name: 'dank.txt', mimeType: 'text/plain', buffer: Buffer.from('dank u wel') };
    await page.locator(`${SENTENCE} input[data-file]`).setInputFiles(text);
    await message(/niet gelukt/);
    expect(http.services.recordedPrompts.takes.readers).to.deep.equal({});
  });

  it('records with the microphone until the button is pressed again', async () => {
    const button = page.locator(`${SENTENCE} button[data-record]`);
    await steady(page);
    await button.click();
    await message(/Spreek de zin nu in/);
    await steady(page);
    await page.locator(`${SENTENCE} button`, { hasText: 'Klaar' }).click();
    await message(/^Bewaard\.$/);
    expect(sent?.toString('latin1', 0, 4)).to.equal('RIFF');
    await page.locator(`${SENTENCE} button`, { hasText: 'Neem op' }).waitFor();
  });

  it('has no violation that axe finds', async () => {
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await violationsOf(page), `${width} px`).to.deep.equal([]);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(320);
  });
});
