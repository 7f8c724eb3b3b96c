/**
 * The words of this product. Code, tables, API, prompts and docs use these words and no others.
 *
 * participant        A person who signed up. A participant has one or more phone numbers (E.164) and one or
 *                    more postcodes (PC6 `8251AB`, or PC4 `8251`).
 * centralist         The dispatcher in the control room who runs actions. A centralist has a SIP extension.
 * desk               The softphone account of a centralist.
 * user               A person who logs in. A user who is a centralist has an extension.
 * role               A set of rights that a user has. The roles of one user add up.
 * duty               Whether a centralist takes tips now. A restart does not change it. A centralist who
 *                    starts an action or takes one over goes on duty.
 * action             One Burgernet action: draft → running ⇄ paused → closed. It has a kind, a message, an
 *                    area and a centralist.
 * criteria           The conditions for the start of an action: time-critical, a clear description, a kind of
 *                    the list.
 * team               The centralists who help with an action. Their softphones ring for its tips when the
 *                    action's own centralist does not answer.
 * tier               Centralists whose softphones ring together for a tip. The first tier is the action's
 *                    centralist, the second its team, the third everybody on duty.
 * selection          The participants that an action will call, and for each participant left out the reason.
 * trunk line         One simultaneous call on the trunk to the operator. Trunk lines are the scarce thing.
 *                    "Line" alone means a trunk line too.
 * attempt            One outbound call to one number for one action. It ends in exactly one outcome.
 * alert call         The call of an attempt as the citizen hears it: prompt, any digit, message, repeat.
 * confirmed          The citizen pressed a digit. Nothing else proves that a person listened: a voicemail
 *                    never confirms.
 * reached            Said of a participant with a confirmed attempt, or who called the tip line and heard the
 *                    message.
 * closing message    The message that everybody reached hears when the action ends.
 * tip line           The inbound number, 0800-0011 by default.
 * tip                What a reached participant tells the police: a conversation or a recording. It always
 *                    belongs to one action.
 * queue              The callers of the tip line who wait for a centralist, in order of arrival. There is one
 *                    queue for all actions.
 * queue place        The place of one caller in the queue, counted from 1. Callers hear it.
 * callback           A centralist calls a participant back who called the tip line. The centralist's
 *                    softphone rings first, then the participant's telephone.
 * stranger           A caller whose number is unknown or withheld.
 * personal code      Six digits, given at sign-up. With it a participant who withholds the number is let in.
 * offline recording  A tip that Asterisk recorded by itself while the controller was down.
 * take-over          After a restart the controller takes charge of the calls that Asterisk still has.
 * journal            The record of what happened in a call or an action. It stores first and then tells its
 *                    listeners.
 * lexicon            The words that the embedded voice would say wrong, each with a spelling that it says
 *                    right.
 * prompt             A fixed sound that callers hear. Each has a name, and a text in the manifest.
 * sentence           A text that a person reads aloud for the prompts: a whole prompt, or a part of it.
 * take               A recording of one sentence by one reader.
 * reader             A person who speaks the prompts.
 * prompt set         The prompts of one kind of call. They are all played in one voice.
 * phone network      The world behind the trunk. In demo and tests a second Asterisk plays it.
 *
 * Everything in this folder is words and decisions: no I/O, no timers, no clock, no vendor of telephony or
 * storage. Time, randomness and limits are arguments. Times are integer milliseconds UTC, unless a comment
 * says that they are monotonic. Durations are milliseconds. Each file is imported by its own name, so that an
 * import shows where a word is decided. This file exports nothing.
 */
export {};
