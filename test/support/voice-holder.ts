import { startVoice } from '../../src/adapters/speech/natural/natural.js';
import { readVoice } from '../../src/adapters/speech/natural/voice-files.js';
import { written } from '../../src/adapters/speech/natural/piper-tokens.js';
import { FakeLog } from './fake-log.js';

/** A program that speaks with a voice, sends the id of the voice process, and waits to be killed. */
const [, , voices = '', name = ''] = process.argv;
const voice = readVoice(voices, name);
const speaker = startVoice(voices, voice, new FakeLog());
await speaker.say(written('a', voice.settings).text);
process.send?.(speaker.pid);
process.on('message', () => undefined);
