import { plainCharacters } from '../lib/plain-signs.js';
import { parsed, refused, type Parsed } from './problem.js';

/** A place on earth, in degrees (WGS 84). */
export interface Coordinates {
  readonly lat: number;
  readonly lon: number;
}

/** Around the Netherlands. A place outside is a mistake, most often swapped latitude and longitude. */
export const BOUNDS = { lat: { from: 50, to: 54 }, lon: { from: 3, to: 8 } } as const;

/**
 * Reads a latitude and a longitude in decimal degrees. A decimal comma is accepted, because Dutch
 * spreadsheets write it.
 */
export function parseCoordinates(lat: string, lon: string): Parsed<Coordinates> {
  const [first, second] = [degrees(lat), degrees(lon)];
  if (first === undefined) return refused(`lat: '${lat.trim()}' is not a number; give degrees such as 52.5253`);
  if (second === undefined) return refused(`lon: '${lon.trim()}' is not a number; give degrees such as 5.7184`);
  const { lat: y, lon: x } = BOUNDS;
  if (first < y.from || first > y.to) return refused(`lat: ${first} does not lie in the Netherlands (50 to 54)`);
  if (second < x.from || second > x.to) return refused(`lon: ${second} does not lie in the Netherlands (3 to 8)`);
  return parsed({ lat: first, lon: second });
}

function degrees(text: string): number | undefined {
  const plain = plainCharacters(text).trim();
  return /^-?\d{1,3}([.,]\d+)?$/.test(plain) ? Number(plain.replace(',', '.')) : undefined;
}

const EARTH_RADIUS_M = 6_371_000;
const RADIANS = Math.PI / 180;

/**
 * Metres between two places as the crow flies. The haversine formula on a sphere is accurate to half a
 * percent.
 */
export function metresBetween(a: Coordinates, b: Coordinates): number {
  const across = Math.sin(((b.lat - a.lat) * RADIANS) / 2) ** 2;
  const along = Math.sin(((b.lon - a.lon) * RADIANS) / 2) ** 2;
  const half = across + Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * along;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** A person with places: none, or undefined, when no place is known. */
export interface WithPlaces {
  readonly places?: readonly Coordinates[];
}

/**
 * Sorts the candidates by the distance of their nearest place. Candidates without a known place come last.
 * Candidates at equal distances keep their order.
 */
export function nearestFirst<T extends WithPlaces>(candidates: readonly T[], near: Coordinates): T[] {
  return candidates
    .map((candidate) => withDistance(candidate, near))
    .toSorted(byDistance)
    .map(({ candidate }) => candidate);
}

/** A candidate and the distance to the candidate's nearest place: Infinity when no place is known. */
export interface WithDistance<T extends WithPlaces> {
  readonly candidate: T;
  readonly metres: number;
}

export function withDistance<T extends WithPlaces>(candidate: T, near: Coordinates): WithDistance<T> {
  return { candidate, metres: Math.min(...(candidate.places ?? []).map((place) => metresBetween(near, place))) };
}

/** Gives 0 for equal distances (Infinity too), so that a stable sort keeps their order. */
export const byDistance = (a: WithDistance<WithPlaces>, b: WithDistance<WithPlaces>): number =>
  a.metres === b.metres ? 0 : a.metres - b.metres;
