/**
 * Puts a text in capitals ("LET OP: MAN MET MES") in lower case, because its words would be taken for
 * abbreviations. Number plates and postcodes keep their capitals, because later rules recognise them by
 * these.
 */
export function sayShouting(text: string): string {
  const letters = text.replace(/[^\p{L}]/gu, '');
  const capitals = letters.replace(/[^\p{Lu}]/gu, '');
  if (letters.length <= 5 || capitals.length < letters.length * 0.7) return text;
  return text.replace(SHOUTED, (word) => (spelt(word) && !WORDS_TOO.has(word) ? word : word.toLowerCase()));
}

/**
 * Spells known acronyms: "ANWB" is "A N W B". Other words in capitals ("HEMA", "SANNE") keep only the first,
 * because some voices spell them.
 */
export function sayAcronyms(text: string): string {
  return text
    .replace(BEFORE_DIGIT, (word) => word.split('').join(' '))
    .replace(WORD, (word) => (spelt(word) ? word.split('').join(' ') : word))
    .replace(
      LOUD,
      (word) => SAID_AS_WORDS[word] ?? (word.length < 4 ? word : word.charAt(0) + word.slice(1).toLowerCase()),
    );
}

/** An acronym. Digits may be next to it: "RS6", "4WD". */
const WORD = /(?<!\p{L})\p{Lu}{2,5}(?!\p{L})/gu;
/** "EV6", "AB12": letters of a type or a number. */
const BEFORE_DIGIT = /(?<![\p{L}\d])\p{Lu}{2,3}(?=\d)/gu;
/** A whole word in capitals; "VUmc" and "McDonald's" are no such words. */
const LOUD = /(?<![\p{L}\d])\p{Lu}{3,}(?![\p{L}\d])/gu;
/** Acronyms that are said as one word. */
const SAID_AS_WORDS: Readonly<Record<string, string>> = { BOA: 'boa', VIP: 'vip', PIN: 'pin', SIM: 'sim', SOA: 'soa' };
/** Not part of a number plate or a postcode. */
const SHOUTED = /(?<![\p{L}\d]|[\p{L}\d]-|\d{4} )\p{Lu}{2,}(?![\p{L}\d]|-[\p{L}\d])/gu;
/** Acronyms that are spelt although they have a vowel. */
const NAMES = new Set(
  (
    'ANWB AED AH EHBO OV UK USA VS EU GGZ ABN ING NOS TUI GTI TDI TSI GTD CDI HDI AMG RAI VVV UMC AZC KNRM ID PC OM ' +
    'UWV GGD COA SUV USB NY LA EV IC ADHD ASS MDMA NAP EOD AT ROC AMC LUMC UMCG OLVG EMC HBO MBO VMBO AC AZ AVG APK ABS ' +
    'SOS OMS ICE AOW IQ DNA OBS RET EBS NEC SEH ATB OK DSI BYD ASX AGM'
  ).split(' '),
);
/** Acronyms that are words in a text in capitals. */
const WORDS_TOO = new Set(
  'OM AH ID AT AC OK JR JRS KM CM KG MTR LFT NR NRS TEL THV TNV IVM MBT DMV MBV VTG DHR MEVR KNTK BWJ BGG PLM'.split(
    ' ',
  ),
);

const spelt = (word: string): boolean => NAMES.has(word) || (word.length <= 5 && !/[AEIOUYÄËÏÖÜÉÈ]/u.test(word));
