/**
 * Long number words in parts, because the voice stresses the wrong part of one word: "eenEN-tachtig",
 * "driehon-DERD-vijfenveertig", "acht-onderd". With "jarig" too: "zeventien jarige".
 */
export const withNumbersApart = (text: string): string =>
  text.replace(/[\p{L}]*(?:honderd|tachtig|tienjarig)[\p{L}]*/giu, (word) =>
    word.replace(HUNDRED, ' ').replace(REST, ' ').replace(EIGHTIES, ' ').replace(JARIG, ' '),
  );

/** "acht honderd", "zeven honderd", "negen honderd" */
const HUNDRED = /(?<=(?:acht|zeven|negen))(?=honderd)/giu;
const REST =
  /(?<=honderd)(?=(?:één|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|dertig|veertien|veertig|twintig|tachtig))/giu;
const EIGHTIES = /(?<=(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen)[eë]n)(?=tachtig)/giu;
const JARIG = /(?<=tien)(?=jarig)/giu;
