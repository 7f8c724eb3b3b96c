import { SEGMENT_BITS } from './schema.js';

/**
 * `segment (id)`: every segment of participants, for use after WITH RECURSIVE. Join this table first, and
 * then the index of `phone` or `participant_postcode` by segment.
 */
export const SEGMENTS = `segment (id) AS (
  SELECT 0 UNION ALL
  SELECT id + 1 FROM segment WHERE id < (SELECT max(id) >> ${SEGMENT_BITS} FROM participant)
)`;
