import type { Experience } from '../../domain/plan.js';
import type { Sqlite } from './database.js';

/** How many of the latest calls count. Older calls say less, and reading them would delay a plan. */
const LATEST = 5_000;

/** A call with a longer or a negative duration is left out, because the clock was set during it. */
const LONGEST_MS = 900_000;

/**
 * First alert calls, newest first. `heard` is the seconds heard divided by the length of the message version
 * that the attempt played. The query reads the table from its end, so that old actions cost nothing.
 */
const EXPERIENCE = `
  WITH latest AS (
    SELECT answered_at IS NOT NULL AS answered, ended_at - dialed_at AS ms, heard_seconds * 1000 AS heardMs,
      CASE WHEN m.seconds > 0 THEN heard_seconds / m.seconds ELSE 0 END AS heard
    FROM attempt a
    LEFT JOIN action_message m ON m.action_id = a.action_id AND m.version = a.message_version
    WHERE purpose = 'alert' AND number = 1 AND outcome NOT IN ('congestion', 'cancelled', 'interrupted')
      AND ended_at - dialed_at BETWEEN 0 AND ${LONGEST_MS}
    ORDER BY a.id DESC LIMIT ${LATEST}
  )
  SELECT count(*) AS calls, total(answered) AS answered,
    coalesce(avg(CASE WHEN answered THEN max(0, ms - heardMs) END), 0) AS answeredMs,
    coalesce(avg(CASE WHEN answered THEN heard END), 0) AS plays,
    coalesce(avg(CASE WHEN NOT answered THEN ms END), 0) AS unansweredMs
  FROM latest`;

/** How long calls last, measured on the latest calls. */
export function openExperience(sqlite: Sqlite): () => Experience {
  const find = sqlite.prepare<[], Experience>(EXPERIENCE);
  return () => {
    const found = find.get();
    if (!found) throw new Error('an average over attempts returned no row');
    return found;
  };
}
