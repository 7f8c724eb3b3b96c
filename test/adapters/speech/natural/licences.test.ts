import { expect } from 'chai';
import { licenceInCard, licenceOf } from '../../../../src/adapters/speech/natural/licences.js';

describe('the licence of a voice', () => {
  const cases: readonly (readonly [name: string, stated: string, use: string])[] = [
    ['nl_NL-alex-medium', '', 'free'],
    ['nl_NL-alex-medium', 'CC0; Finetuned from nl_BE rdh', 'free'],
    // The card of the voice that is installed counts more than what was known about its name.
    ['nl_NL-alex-medium', 'CC BY-NC 4.0', 'restricted'],
    ['nl_NL-pim-medium', 'CC0', 'restricted'],
    ['nl_BE-nathalie-x_low', '', 'free'],
    ['nl_BE-nathalie-medium', '', 'restricted'],
    ['nl_NL-mls-medium', '', 'free'],
    ['nl_NL-mls_5809-low', '', 'restricted'],
    ['nl_NL-other-medium', 'CC0; Finetuned from U.S. English lessac voice (medium quality)', 'restricted'],
    ['nl_NL-other-medium', 'CC-BY-NC-SA-4.0', 'restricted'],
    ['nl_NL-other-medium', 'Open RAIL-M', 'restricted'],
    ['nl_NL-other-medium', 'For research purposes only', 'restricted'],
    ['nl_NL-other-medium', 'Creative Commons Attribution-NonCommercial', 'restricted'],
    ['nl_NL-other-medium', 'CC BY 4.0', 'free'],
    ['nl_NL-other-medium', 'MIT', 'free'],
    ['nl_NL-other-medium', 'See URL', 'unknown'],
    ['nl_NL-other-medium', '', 'unknown'],
  ];
  for (const [name, stated, use] of cases) {
    it(`of ${name} with "${stated}" is ${use}`, () => {
      expect(licenceOf(name, stated).use).to.equal(use);
    });
  }

  it('and the voice it was trained from are read from the model card', () => {
    const card = [
      '# Model card for pim (medium)',
      '* Language: nl_NL (Dutch, Netherlands)',
      '## Dataset',
      '* License: CC0',
      '## Training',
      'Finetuned from U.S. English lessac voice (medium quality).',
    ].join('\n');
    expect(licenceInCard(card)).to.equal('CC0; Finetuned from U.S. English lessac voice (medium quality).');
    expect(licenceInCard('<html><body>License</body></html>')).to.equal('');
  });
});
