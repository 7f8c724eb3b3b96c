/**
 * The simulated phone network: a second Asterisk that plays the operator and all telephones behind the trunk.
 */
export type { CallOptions } from './caller.js';
export { PERSONAS, type Citizen, type Habits, type Persona } from './town/citizens.js';
export { firstSoundMs, hearings, timesHeard, type Hearing } from './listening/heard.js';
export { parseLedger, type PhoneCall } from './ledger.js';
export type { Address } from './network-config.js';
export type { LiveCall } from './live-call.js';
export { startPhoneNetwork, type Others, type PhoneNetwork, type PhoneNetworkOptions } from './phone-network.js';
export { DTMF_MODES, KEYS, type DtmfMode, type Key, type Step } from './town/scripts.js';
export type { DeskBehaviour, Softphone, SoftphoneAccount } from './softphone.js';
export { RATE, readSound, wavOf, type Samples } from './listening/sound-file.js';
export { spokenSound, type Spoken } from './spoken-sounds.js';
export {
  MARK_TONES,
  toneMarked,
  toneMarks,
  tonesInOrder,
  type MarkTone,
  type ToneMark,
} from './listening/tone-marks.js';
export { sampleTown, townCsv, type Town, type Townsperson } from './town/town.js';
