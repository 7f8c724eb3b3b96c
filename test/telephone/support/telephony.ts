import { join } from 'node:path';
import { AsteriskTelephony, type AsteriskTelephonyOptions } from '../../../src/adapters/asterisk/asterisk-telephony.js';
import { systemClock } from '../../../src/adapters/clock/system-clock.js';
import { createSoundFiles } from '../../../src/adapters/speech/create-sound-files.js';
import { SOUNDS } from './pair.js';

type TelephonyOptions = Pick<AsteriskTelephonyOptions, 'address' | 'log' | 'recordingsFolder'> &
  Partial<AsteriskTelephonyOptions>;

/** The fixed prompts of the service. */
export const promptFiles = (): AsteriskTelephonyOptions['soundFiles'] =>
  createSoundFiles(SOUNDS, ({ name }) => join(SOUNDS, name));

/**
 * The Asterisk adapter as the service makes it.
 * @param idPrefix the beginning of the ids of its calls
 */
export const telephonyOf = (idPrefix: string, options: TelephonyOptions): AsteriskTelephony =>
  new AsteriskTelephony({
    allowOldAsterisk: false,
    numberFormat: 'e164',
    soundFiles: promptFiles(),
    clock: systemClock,
    onStep: () => undefined,
    isOurs: (id) => id.startsWith(idPrefix),
    ...options,
  });
