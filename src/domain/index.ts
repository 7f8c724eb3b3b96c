/**
 * The words of this product. Code, tables, API, prompts and docs use these and no others.
 *
 * participant      a person who signed up; has one or more phone numbers (E.164) and one or more postcodes
 *                  (PC6 `8251AB`, or PC4 `8251`)
 * centralist       the dispatcher in the control room who runs actions; has a SIP extension
 * action           one Burgernet action: draft → running ⇄ paused → closed; has a kind, a message, an area, a centralist
 * criteria         what an action must meet to start: time-critical, clear description, a kind of the list
 * selection        the participants an action will call and, for each one left out, why
 * line             one simultaneous call on the trunk; the lines are the scarce thing
 * attempt          one outbound call to one number for one action; ends in exactly one outcome
 * alert call       what the citizen hears in an attempt: prompt, any digit, message, repeat
 * confirmed        a digit was pressed: the only proof that a person listened; voicemail never counts
 * reached          a participant with a confirmed attempt, or who rang back and heard the message
 * tip line         the inbound number, 0800-0011 by default
 * tip              what a reached participant came to say: a conversation or a recording, always tied to an action
 * closing message  what everyone reached hears when the action ends
 * phone network    the world behind the trunk; in demo and tests a second Asterisk plays it
 *
 * Everything in this folder is words and decisions: no I/O, no timers, no clock, no vendor of telephony or storage.
 * Time, randomness and limits are arguments. Times are integer milliseconds UTC, durations are milliseconds.
 */
export * from './action.js';
export * from './area.js';
export * from './attempt.js';
export * from './caller-match.js';
export * from './congestion.js';
export * from './desk-words.js';
export * from './dialled.js';
export * from './distance.js';
export * from './fair-share.js';
export * from './kinds.js';
export * from './messages.js';
export * from './night.js';
export * from './outcome.js';
export * from './pacing.js';
export * from './participant.js';
export * from './phone-number.js';
export * from './pin.js';
export * from './plan.js';
export * from './problem.js';
export * from './retry.js';
export * from './routing.js';
export * from './selection.js';
export * from './tip.js';
export * from './voice-level.js';
