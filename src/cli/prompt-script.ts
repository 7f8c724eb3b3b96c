import { fileURLToPath } from 'node:url';
import { COMMITTED_SETTINGS, readManifest } from '../adapters/speech/manifest.js';
import type { Config } from '../config.js';
import { PROMPT_SETS, sentencesOf, type PromptSet, type Sentence } from '../domain/prompts/sentences.js';
import { secondsToSay } from '../domain/prompts/take-check.js';

const SOUNDS = fileURLToPath(new URL('../../sounds/nl', import.meta.url));

/** The sets in the words of the person who reads them aloud. */
const SET_WORDS: Readonly<Record<PromptSet, { readonly title: string; readonly about: string }>> = {
  alert: { title: 'De oproep', about: 'Dit hoort iemand die wordt gebeld. Hierbij horen de tien cijfers.' },
  tip_line: {
    title: 'De tiplijn',
    about: 'Dit hoort iemand die de tiplijn belt. De cijfers van De oproep horen erbij.',
  },
  centralists: { title: 'De centralist', about: 'Dit hoort een centralist die op het eigen toestel een code kiest.' },
};

/** The sentences to read aloud, with the settings filled in. */
export async function sentencesToRead(config: Pick<Config, 'tipLine'>): Promise<readonly Sentence[]> {
  const { prompts } = await readManifest(SOUNDS);
  return sentencesOf(prompts, { tipLine: config.tipLine.shown, service: COMMITTED_SETTINGS.service });
}

/** The list as lines for a terminal. */
export function scriptLines(sentences: readonly Sentence[]): readonly string[] {
  const seconds = sentences.reduce((sum, { text }) => sum + secondsToSay(text), 0);
  return [
    ...PROMPT_SETS.flatMap((set) => [
      `${SET_WORDS[set].title}. ${SET_WORDS[set].about}`,
      ...sentences.filter((one) => one.set === set).flatMap(sentenceLines),
      '',
    ]),
    `${sentences.length} sentences, about ${Math.ceil(seconds / 60)} minutes of speech`,
    'record each as NAME.wav in one folder, then: burgernet prompts import FOLDER',
  ];
}

function sentenceLines({ name, note, number, partOf, text }: Sentence): readonly string[] {
  const about = `${Math.max(1, Math.round(secondsToSay(text)))} s`;
  const line = `${String(number).padStart(4)}  ${name.padEnd(22)}${about.padStart(5)}  ${text}`;
  const hint = [...(partOf === null ? [] : [`part of: ${partOf}`]), ...(note === '' ? [] : [note])].join('; ');
  return hint === '' ? [line] : [line, `${' '.repeat(35)}(${hint})`];
}

/** The list as a page to print, in type that can be read aloud from a table or a stand. */
export function scriptPage(sentences: readonly Sentence[]): string {
  const rows = (set: PromptSet): string =>
    sentences
      .filter((one) => one.set === set)
      .map(
        ({ name, number, partOf, text }) => `  <li value="${number}">
    <p class="text">${escaped(text)}</p>
    <p class="about"><span class="box" aria-hidden="true"></span><code>${escaped(name)}.wav</code>, ongeveer ${seconds(text)}${partOf === null ? '' : `. Deel van: ${escaped(partOf)}`}</p>
  </li>`,
      )
      .join('\n');
  const sets = PROMPT_SETS.map(
    (set) => `<section>
<h2>${SET_WORDS[set].title}</h2>
<p>${SET_WORDS[set].about}</p>
<ol>
${rows(set)}
</ol>
</section>`,
  ).join('\n');
  return `<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<title>Zinnen om in te spreken</title>
<style>
@page { size: A4; margin: 18mm 16mm; }
body { font: 11pt/1.4 sans-serif; color: #000; background: #fff; max-width: 180mm; margin: 0 auto; }
h1 { font-size: 22pt; margin: 0 0 4mm; }
h2 { font-size: 17pt; margin: 0; }
section { break-before: page; }
ol { padding-left: 14mm; }
li { break-inside: avoid; margin: 0 0 7mm; font-weight: bold; }
.text { font: 17pt/1.4 serif; margin: 0; }
.about { font-weight: normal; margin: 1mm 0 0; color: #333; }
.box { display: inline-block; width: 4mm; height: 4mm; border: 1px solid #000; margin-right: 2mm; vertical-align: -0.5mm; }
</style>
</head>
<body>
<h1>Zinnen om in te spreken</h1>
<ul>
<li>Eén persoon spreekt alle zinnen in, in een stille kamer, en op één dag.</li>
<li>Spreek rustig en duidelijk, alsof u belt met iemand van tachtig jaar. Houd een hand afstand van de microfoon.</li>
<li>Maak van elke zin een eigen bestand, met de naam die eronder staat. Wacht voor en na de zin een halve tel.</li>
<li>Zeg bij een deel van een zin alleen dat deel. Het nummer ertussen komt uit de losse cijfers.</li>
<li>Klaar? Geef de map aan de beheerder: <code>burgernet prompts import MAP</code>. Of spreek de zinnen in op een toestel: kies *40.</li>
</ul>
${sets}
</body>
</html>
`;
}

const seconds = (text: string): string => {
  const whole = Math.max(1, Math.round(secondsToSay(text)));
  return `${whole} ${whole === 1 ? 'seconde' : 'seconden'}`;
};

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);
