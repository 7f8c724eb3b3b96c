import { expect } from 'chai';
import type { Coordinates } from '../../../src/domain/coordinates.js';
import { nearestFirst } from '../../../src/domain/coordinates.js';
import { addPerson, area, freshStores, mobile, postcode, type Fixture } from './support/fixtures.js';

const NEAR: Coordinates = { lat: 52.5, lon: 5.7 };
/** This many thousandths of a degree north of {@link NEAR}. */
const north = (steps: number): Coordinates => ({ lat: Number((52.5 + steps / 1000).toFixed(3)), lon: 5.7 });

describe('stored coordinates of postcodes', () => {
  let stores: Fixture;
  beforeEach(() => {
    stores = freshStores();
  });
  afterEach(() => {
    stores.close();
  });

  const place = (text: string, steps: number) => ({ postcode: postcode(text), ...north(steps) });
  const put = (...places: ReturnType<typeof place>[]) => stores.postcodes.importPlaces(places, { dryRun: false });
  const placesIn = (...parts: string[]) =>
    [...stores.participants.candidates({ ...area(...parts), near: NEAR })].flat().map((candidate) => candidate.places);

  it('are added and replaced, with counts of both', () => {
    expect(put(place('8251AB', 1), place('8251', 2))).to.deep.equal({ imported: 2, updated: 0 });
    expect(put(place('8251AB', 9), place('8252', 3), place('8252', 4))).to.deep.equal({ imported: 1, updated: 2 });
    addPerson(stores, [mobile(1)], ['8251AB']);
    expect(placesIn('8251')).to.deep.equal([[north(9)]]);
  });

  it('are not stored in a dry run', () => {
    const tried = stores.postcodes.importPlaces([place('8251', 1)], { dryRun: true });
    expect(tried).to.deep.equal({ imported: 1, updated: 0 });
    expect(put(place('8251', 1))).to.deep.equal({ imported: 1, updated: 0 });
  });

  it('fall back from an unknown PC6 to its PC4, and to none when both are unknown', () => {
    put(place('8251', 1), place('8251AB', 2), place('8252AB', 3));
    for (const [n, text] of ['8251AB', '8251CD', '8251', '8252CD', '8252'].entries()) {
      addPerson(stores, [mobile(n + 1)], [text]);
    }
    expect(placesIn('8251-8252')).to.deep.equal([[north(2)], [north(1)], [north(1)], [], []]);
  });

  it('of a candidate are those in the area', () => {
    put(place('8251AB', 1), place('8252AB', 2), place('9999AB', 3));
    addPerson(stores, [mobile(1)], ['8251AB', '9999AB', '8252AB']);
    expect(placesIn('8251-8252')[0]).to.have.deep.members([north(1), north(2)]);
    expect(placesIn('8252AB')).to.deep.equal([[north(2)]]);
  });

  it('are not read for an area without a place', () => {
    put(place('8251AB', 1));
    addPerson(stores, [mobile(1)], ['8251AB']);
    expect([...stores.participants.candidates(area('8251'))].flat()[0]).not.to.have.property('places');
  });

  it('order ten thousand people without a scan of all participants', () => {
    const { sqlite } = stores.db;
    sqlite.exec(`
      WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 40000)
      INSERT INTO participant (id, language, created_at) SELECT id, 'nl', 0 FROM n;
      INSERT INTO phone (participant_id, position, number) SELECT id, 0, '+316' || (10000000 + id) FROM participant;
      INSERT INTO participant_postcode (participant_id, position, pc4, letters)
        SELECT id, 0, 8000 + id % 40, char(65 + id % 7) || char(65 + id % 13) FROM participant;
      INSERT INTO postcode_place (pc4, letters, lat, lon)
        SELECT DISTINCT pc4, letters, 52 + pc4 % 40 * 0.01, 5 + unicode(letters) * 0.001 FROM participant_postcode;`);
    const began = performance.now();
    const ordered = nearestFirst(
      [...stores.participants.candidates({ ...area('8000-8009'), near: NEAR })].flat(),
      NEAR,
    );
    const took = performance.now() - began;
    expect(ordered).to.have.lengthOf(10_000);
    expect(ordered[0]!.places![0]!.lat).to.equal(52.09);
    // A scan for each person would take minutes. The benchmark measures the exact figure.
    expect(took).to.be.below(2_000);
  });
});
