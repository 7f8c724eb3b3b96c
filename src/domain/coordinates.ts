import { plainSigns } from '../lib/plain-signs.js';
import { parsed, refused, type Parsed } from './problem.js';
import type { Candidate } from './selection.js';

/** A place on earth, in degrees (WGS 84). */
export interface Coordinates {
  readonly lat: number;
  readonly lon: number;
}

/** Around the Netherlands: what lies outside is a mistake, most often lat and lon the wrong way round. */
export const BOUNDS = { lat: { from: 50, to: 54 }, lon: { from: 3, to: 8 } } as const;

/** Reads a latitude and a longitude in decimal degrees; with a comma for a point too, as Dutch spreadsheets write it. */
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
  const plain = plainSigns(text).trim();
  return /^-?\d{1,3}([.,]\d+)?$/.test(plain) ? Number(plain.replace(',', '.')) : undefined;
}

const EARTH_RADIUS_M = 6_371_000;
const RADIANS = Math.PI / 180;

/** Metres between two places as the crow flies: haversine on a sphere, which is right to half a percent. */
export function metresBetween(a: Coordinates, b: Coordinates): number {
  const across = Math.sin(((b.lat - a.lat) * RADIANS) / 2) ** 2;
  const along = Math.sin(((b.lon - a.lon) * RADIANS) / 2) ** 2;
  const half = across + Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * along;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/**
 * The nearest first, by the nearest place of each person. Who has no known place comes after all who have, and those who
 * live as far stay in the order in which they are given.
 */
export function nearestFirst(candidates: readonly Candidate[], near: Coordinates): Candidate[] {
  return candidates
    .map((candidate) => away(candidate, near))
    .toSorted(byDistance)
    .map(({ candidate }) => candidate);
}

/** A candidate, and how far away from something they live; Infinity when that is not known. */
export interface Away {
  readonly candidate: Candidate;
  readonly metres: number;
}

export function away(candidate: Candidate, near: Coordinates): Away {
  return { candidate, metres: Math.min(...(candidate.places ?? []).map((place) => metresBetween(near, place))) };
}

/** For a sort that keeps the order of those who live as far. */
export const byDistance = (a: Away, b: Away): number => (a.metres === b.metres ? 0 : a.metres - b.metres);
