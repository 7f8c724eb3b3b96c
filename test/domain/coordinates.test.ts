import { expect } from 'chai';
import { metresBetween, nearestFirst, parseCoordinates, type Coordinates } from '../../src/domain/coordinates.js';
import type { Candidate } from '../../src/domain/selection.js';

const DRONTEN: Coordinates = { lat: 52.5253, lon: 5.7184 };
const AMSTERDAM: Coordinates = { lat: 52.3791, lon: 4.9003 };
const MAASTRICHT: Coordinates = { lat: 50.8503, lon: 5.7054 };

describe('the distance between two places', () => {
  const DISTANCES: readonly [a: Coordinates, b: Coordinates, km: number, why: string][] = [
    [DRONTEN, DRONTEN, 0, 'the same place'],
    [DRONTEN, AMSTERDAM, 57.8, 'a town and a city'],
    [AMSTERDAM, MAASTRICHT, 179, 'two ends of the country'],
    [{ lat: 52, lon: 5 }, { lat: 53, lon: 5 }, 111.2, 'a degree of latitude'],
    [{ lat: 60, lon: 5 }, { lat: 60, lon: 6 }, 55.6, 'a degree of longitude, half as long at 60 degrees'],
    [{ lat: 0, lon: 0 }, { lat: 0, lon: 180 }, 20_015, 'half around the earth'],
  ];
  for (const [a, b, km, why] of DISTANCES) {
    it(`is ${km} km in both directions: ${why}`, () => {
      expect(metresBetween(a, b) / 1000).to.be.closeTo(km, 0.5);
      expect(metresBetween(b, a)).to.equal(metresBetween(a, b));
    });
  }
});

describe('coordinates', () => {
  it('are read in decimal degrees, with a point or a comma', () => {
    expect(parseCoordinates(' 52.5253', '5,7184 ')).to.deep.equal({ ok: true, value: DRONTEN });
  });
  const REFUSED: readonly [lat: string, lon: string, why: RegExp][] = [
    ['', '5.7', /lat: '' is not a number/],
    ['52.5', 'east', /lon: 'east' is not a number/],
    ['5.7184', '52.5253', /lat: 5.7184 does not lie in the Netherlands/],
    ['52.5', '15.7', /lon: 15.7 does not lie in the Netherlands/],
    ['1e99', '5', /is not a number/],
    ['52°31', '5', /is not a number/],
  ];
  for (const [lat, lon, why] of REFUSED) {
    it(`'${lat}', '${lon}' are refused: ${why.source}`, () => {
      expect(parseCoordinates(lat, lon)).to.have.property('reason').that.matches(why);
    });
  }
});

describe('the order by distance', () => {
  const at = (participantId: number, ...places: Coordinates[]): Candidate => ({
    participantId,
    phones: [],
    pausedUntil: null,
    nightCalls: false,
    places,
  });
  const order = (...candidates: Candidate[]): number[] =>
    nearestFirst(candidates, DRONTEN).map(({ participantId }) => participantId);

  const ORDERS: readonly [candidates: Candidate[], expected: number[], why: string][] = [
    [[at(1, MAASTRICHT), at(2, AMSTERDAM), at(3, DRONTEN)], [3, 2, 1], 'by distance'],
    [[at(1, AMSTERDAM), at(2, MAASTRICHT, DRONTEN)], [2, 1], 'the nearest place of each candidate counts'],
    [[at(1), at(2, MAASTRICHT), at(3), at(4, DRONTEN)], [4, 2, 1, 3], 'candidates without a place come last'],
    [[at(2, DRONTEN), at(1, DRONTEN), at(3, DRONTEN)], [2, 1, 3], 'equal distances keep the given order'],
    [[at(2), at(1)], [2, 1], 'candidates without a place keep the given order'],
  ];
  for (const [candidates, expected, why] of ORDERS) {
    it(`is ${expected.join(', ')}: ${why}`, () => {
      expect(order(...candidates)).to.deep.equal(expected);
    });
  }
});
