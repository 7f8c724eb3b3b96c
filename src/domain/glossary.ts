/**
 * The words of this product. Code, tables, API, prompts and docs use these and no others.
 *
 * participant      a person who signed up; has one or more phone numbers (E.164) and one or more postcodes
 *                  (PC6 `8251AB`, or PC4 `8251`)
 * centralist       the dispatcher in the control room who runs actions; has a SIP extension
 * duty             whether a centralist takes tips now, kept over restarts; who starts an action or takes one over is on it
 * team             centralists who help with an action: rung for its tips when its own does not answer
 * tier             whose telephones ring together for a tip: the action's centralist, then its team, then all on duty
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
 * queue            who waits on the tip line for a centralist, in order of arrival: one line for all actions
 * call back        a centralist rings who rang the tip line: their own telephone first, then the participant's
 * stranger         who rings from a number that is not known, or withholds it
 * personal code    six digits, told at sign-up: the way in for a participant who withholds the number
 * closing message  what everyone reached hears when the action ends
 * phone network    the world behind the trunk; in demo and tests a second Asterisk plays it
 *
 * Everything in this folder is words and decisions: no I/O, no timers, no clock, no vendor of telephony or storage.
 * Time, randomness and limits are arguments. Times are integer milliseconds UTC, durations are milliseconds.
 * Each file is imported by its own name, so that an import says where a word is decided: this one exports nothing.
 */
export {};
